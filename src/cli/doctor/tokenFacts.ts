import type { AccessToken } from '@azure/identity';
import { decodeJwt } from 'jose';

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
export function tokenFacts({ token, expiresOnTimestamp }: AccessToken): TokenFacts {
  const claims = claimsOf(token);
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
    expiresAt: expiresOnTimestamp,
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
  };
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    return decodeJwt(token);
  } catch {
    return {};
  }
}
