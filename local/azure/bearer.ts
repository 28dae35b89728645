import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import type { IdentityEndpoint } from '../identity/contract.ts';

/** Who sent a request. */
export type Caller = { objectId: string; name: string };

/** What is wrong with a token, with what its words need. */
export type TokenFault =
  | { kind: 'missing' | 'malformed' | 'signature' }
  | { kind: 'audience' | 'issuer' | 'expired'; found: string };

/** Checks an Authorization header: signature, issuer, audience and expiry. Rejects when the key set cannot be had. */
export type BearerCheck = (authorization: string | undefined) => Promise<Caller | TokenFault>;

export function createBearerCheck(identity: IdentityEndpoint, audiences: readonly string[]): BearerCheck {
  // Keys may be rotated at any moment of a test, so an unknown key id is always looked up again.
  const keys = createRemoteJWKSet(new URL(identity.keySetUrl), { cooldownDuration: 0 });
  return async (authorization) => {
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
    if (!token) return { kind: 'missing' };
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['RS256'],
        issuer: [identity.issuer, identity.issuerV2],
        audience: [...audiences],
        requiredClaims: ['exp', 'oid'],
      });
      return { objectId: String(payload.oid), name: String(payload.upn ?? payload.appid ?? payload.oid) };
    } catch (error) {
      const fault = faultOf(error, token);
      if (fault) return fault;
      throw error;
    }
  };
}

function faultOf(error: unknown, token: string): TokenFault | undefined {
  if (error instanceof errors.JWTExpired) {
    return { kind: 'expired', found: new Date(Number(error.payload.exp) * 1000).toUTCString() };
  }
  if (error instanceof errors.JWTClaimValidationFailed) return claimFault(error.claim, decodeJwt(token));
  if (error instanceof errors.JWSSignatureVerificationFailed) return { kind: 'signature' };
  if (error instanceof errors.JWKSNoMatchingKey) return { kind: 'signature' };
  if (error instanceof errors.JOSEError && /^ERR_(JW[TS]_|JOSE_ALG_|JOSE_NOT_)/.test(error.code)) {
    return { kind: 'malformed' };
  }
  return undefined;
}

function claimFault(claim: string, payload: JWTPayload): TokenFault {
  if (claim === 'aud') return { kind: 'audience', found: String(payload.aud) };
  if (claim === 'iss') return { kind: 'issuer', found: String(payload.iss) };
  return { kind: 'malformed' };
}
