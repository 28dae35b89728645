import type { TokenCredential } from '@azure/identity';
import { decodeJwt, type JWTPayload } from 'jose';

/** What a token of our own says of itself; whoever it is for verifies it. Undefined where nobody can read it: tokens of some resources are opaque. */
export function ownClaims(token: string | undefined): JWTPayload | undefined {
  try {
    return decodeJwt(token ?? '');
  } catch {
    return undefined;
  }
}

/** Who asks, for the words of an error; never the token. `user`: a person signed in on this machine. */
export type Principal = { objectId: string; tenantId?: string; audience?: string; user: boolean };

/** Knows nothing where there is no token, or none that can be read: the error at hand matters more. */
export async function principalOf(credential: TokenCredential, scope: string): Promise<Principal> {
  const token = await credential.getToken(scope).catch(() => null);
  const { oid, tid, aud, idtyp, scp } = ownClaims(token?.token) ?? {};
  return {
    objectId: typeof oid === 'string' ? oid : '<object id of the identity>',
    ...(typeof tid === 'string' && { tenantId: tid }),
    ...(typeof aud === 'string' && { audience: aud }),
    user: idtyp === 'user' || scp !== undefined,
  };
}
