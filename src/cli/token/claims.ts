import type { AccessToken } from '@azure/identity';
import type { JWTPayload } from 'jose';
import { KeylessError } from '../../errors/errors.ts';
import { ownClaims } from '../../identity/ownClaims.ts';

/** What a token says of itself, only to be told. Throws TokenMalformed; never quotes it. */
export function claimsOf({ token }: AccessToken): JWTPayload {
  const claims = ownClaims(token);
  if (claims) return claims;
  throw new KeylessError('TokenMalformed', 'The token is none that can be read (no JWT).', {
    fix: 'Ask for the scope of another resource: tokens of some are opaque.',
  });
}

/** What a token says of itself; never the token. Times are Unix milliseconds. */
export type TokenFacts = {
  objectId?: string;
  clientId?: string;
  tenantId?: string;
  resourceId?: string;
  audience?: string;
  issuer?: string;
  issuedAt?: number;
  validFrom?: number;
  expiresAt: number;
  roles: readonly string[];
};

/** Unverified: the one it is for verifies it. A token that is no JWT tells only when it ends. */
export function tokenFacts(token: AccessToken): TokenFacts {
  const claims = ownClaims(token.token) ?? {};
  const text = (name: string) => {
    const value = claims[name];
    return typeof value === 'string' ? value : undefined;
  };
  const time = (name: string) => {
    const value = claims[name];
    return typeof value === 'number' ? value * 1000 : undefined;
  };
  const { roles } = claims;
  const found = {
    objectId: text('oid'),
    clientId: text('appid') ?? text('azp'),
    tenantId: text('tid'),
    resourceId: text('xms_mirid'),
    audience: text('aud'),
    issuer: text('iss'),
    issuedAt: time('iat'),
    validFrom: time('nbf'),
  };
  return {
    ...(Object.fromEntries(
      Object.entries(found).filter(([, value]) => value !== undefined),
    ) as Partial<TokenFacts>),
    expiresAt: token.expiresOnTimestamp,
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
  };
}
