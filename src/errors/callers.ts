import type { Entry } from './entry.ts';

/** Tokens coming in. */
export const callers = {
  TokenMissing: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'No token was sent',
    cause:
      'This app answers managed identities with an app role; the Authorization header holds no Bearer token.',
    fix: 'Send Authorization: Bearer <token>; the token in code: new ManagedIdentityCredential().getToken("<App ID URI>/.default").',
  },
  TokenMalformed: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token cannot be read',
    cause: 'It is cut off, too long, not a token of Entra, or lacks a claim that every one of these has.',
    fix: 'Send the token as it was issued, one alone: new ManagedIdentityCredential().getToken("<App ID URI>/.default").',
  },
  TokenSignatureInvalid: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token is not signed by the expected tenant',
    cause:
      'Its signature, algorithm or key is not one of the tenant in the settings. Tokens for Microsoft Graph never verify elsewhere.',
    fix: 'Ask for a token for this API: new ManagedIdentityCredential().getToken("<App ID URI>/.default").',
  },
  TokenIssuerWrong: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token comes from another issuer',
    cause: 'Its issuer or tenant is not the one in ENTRA_TENANT_ID, or does not fit its version.',
    fix: 'Call with an identity of that tenant; the operator compares ENTRA_TENANT_ID with: az account show --query tenantId.',
  },
  TokenAudienceWrong: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token is for another API',
    cause:
      'Its audience is not in ENTRA_AUDIENCE. A token of version 2 always names the client id, one of version 1 what was asked for.',
    fix: 'Ask for the scope <App ID URI>/.default of this API; the operator lists its client id and its App ID URI in ENTRA_AUDIENCE.',
  },
  TokenExpired: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token has expired',
    cause: 'Its end (exp) is over, more than a minute ago.',
    fix: 'Ask the credential for a token before each call; it keeps one and renews it in time. Check the clock.',
  },
  TokenNotYetValid: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token is not valid yet',
    cause: 'Its start (nbf) is more than a minute ahead of this machine’s clock.',
    fix: 'Check the clocks on both sides.',
  },
  TokenDelegated: {
    status: 401,
    fault: 'caller',
    transient: false,
    title: 'The token is one of a signed-in user',
    cause: 'It carries scopes of a user, as after az login; only tokens of applications are taken.',
    fix: 'Call with a managed identity: new ManagedIdentityCredential().getToken("<App ID URI>/.default").',
  },
  RoleMissing: {
    status: 403,
    fault: 'caller',
    transient: false,
    title: 'The identity lacks the app role',
    cause:
      'The token is good, but its claim roles does not have the app role. A managed identity’s token shows a new role only after up to 24 hours.',
    fix: 'az rest --method POST --url https://graph.microsoft.com/v1.0/servicePrincipals/<object id>/appRoleAssignments --body \'{"principalId":"<object id>","resourceId":"<resource id>","appRoleId":"<app role id>"}\'',
  },
  CallerKeysUnavailable: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'Callers cannot be checked',
    cause: 'The keys that tokens are checked with could not be fetched from the authority.',
    fix: 'Try again in some seconds. If it stays: curl <ENTRA_AUTHORITY>/<ENTRA_TENANT_ID>/v2.0/.well-known/openid-configuration',
  },
} as const satisfies Record<string, Entry>;
