import type { ApiError } from './api.ts';
import { armError } from './arm/armError.ts';
import type { TokenFault } from './bearer.ts';
import { graphError } from './graph/graphError.ts';

export const ARM_AUDIENCES = [
  'https://management.core.windows.net/',
  'https://management.core.windows.net',
  'https://management.azure.com/',
  'https://management.azure.com',
];

export const GRAPH_AUDIENCES = [
  'https://graph.microsoft.com',
  'https://graph.microsoft.com/',
  '00000003-0000-0000-c000-000000000000',
];

/** What ARM says of a token that it does not take; the codes differ by what is wrong with it. */
export function refuseArmToken(fault: TokenFault, issuer: string, tenantId: string): ApiError {
  const authority = `https://login.windows.net/${tenantId}`;
  const [code, message] = armWords(fault, issuer, authority);
  return armError(401, code, message, {
    'www-authenticate': `Bearer authorization_uri="${authority}", error="invalid_token", error_description="${message.replaceAll('"', "'")}"`,
  });
}

function armWords(fault: TokenFault, issuer: string, authority: string): [code: string, message: string] {
  switch (fault.kind) {
    case 'missing':
      return ['AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."];
    case 'malformed':
      return ['InvalidAuthenticationToken', 'The access token is invalid.'];
    case 'signature':
      return ['InvalidAuthenticationToken', 'The access token validation failure. Invalid signature.'];
    case 'expired':
      return [
        'ExpiredAuthenticationToken',
        `The access token expiry UTC time '${fault.found}' is earlier than current UTC time '${new Date().toUTCString()}'.`,
      ];
    case 'audience':
      return [
        'InvalidAuthenticationTokenAudience',
        `The access token has been obtained for wrong audience or resource '${fault.found}'. It should exactly match with one of the allowed audiences '${ARM_AUDIENCES.join("','")}'.`,
      ];
    case 'issuer':
      return [
        'InvalidAuthenticationTokenTenant',
        `The access token is from the wrong issuer '${fault.found}'. It must match the tenant '${issuer}' associated with this subscription. Please use the authority (URL) '${authority}' to get the token.`,
      ];
  }
}

/** Graph has one code for all of them: https://learn.microsoft.com/graph/resolve-auth-errors */
export const refuseGraphToken = (fault: TokenFault): ApiError =>
  graphError(401, 'InvalidAuthenticationToken', GRAPH_WORDS[fault.kind]);

const GRAPH_WORDS: Record<TokenFault['kind'], string> = {
  missing: 'Access token is empty.',
  malformed: 'CompactToken parsing failed with error code: 80049217',
  signature: 'Access token validation failure. Invalid signature.',
  audience: 'Access token validation failure. Invalid audience.',
  issuer: 'Access token validation failure. Invalid issuer.',
  expired: 'Lifetime validation failed, the token is expired.',
};
