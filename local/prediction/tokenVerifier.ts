import { createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

/** Documentation asks for tokens with and without the slash; the service takes both:
 * https://learn.microsoft.com/azure/ai-services/authentication#authenticate-with-microsoft-entra-id */
const AUDIENCES = ['https://cognitiveservices.azure.com', 'https://cognitiveservices.azure.com/'];

/** More tokens than any run has identities; past it the memory is simply emptied. */
const REMEMBERED_TOKENS = 1_000;

type Verified = { objectId: string; expiresAt: number };

/** The object id in a token, or undefined when the token is not valid. Rejects when the key set cannot be had. */
export type TokenVerifier = (token: string) => Promise<string | undefined>;

/** Remembers what it verified, by the token's hash, until the token expires: a signature is checked once. */
export function createTokenVerifier(authority: { keySetUrl: string; issuer: string }): TokenVerifier {
  // Keys may be rotated at any moment of a test, so an unknown key id is always looked up again.
  const keys = createRemoteJWKSet(new URL(authority.keySetUrl), { cooldownDuration: 0 });
  const remembered = new Map<string, Promise<Verified | undefined>>();

  const verify = async (token: string): Promise<Verified | undefined> => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['RS256'],
        issuer: authority.issuer,
        audience: AUDIENCES,
        requiredClaims: ['exp', 'oid'],
      });
      return { objectId: String(payload.oid), expiresAt: Number(payload.exp) * 1000 };
    } catch (error) {
      if (isTokenFault(error)) return undefined;
      throw error;
    }
  };

  return async (token) => {
    const hash = createHash('sha256').update(token).digest('base64');
    let pending = remembered.get(hash);
    if (!pending) {
      if (remembered.size >= REMEMBERED_TOKENS) remembered.clear();
      pending = verify(token);
      remembered.set(hash, pending);
    }
    const verified = await pending.catch((error: unknown) => {
      remembered.delete(hash);
      throw error;
    });
    // A refusal is not kept: the token may become valid soon, or its key be published.
    if (!verified || verified.expiresAt <= Date.now()) {
      remembered.delete(hash);
      return undefined;
    }
    return verified.objectId;
  };
}

const isTokenFault = (error: unknown) =>
  error instanceof errors.JOSEError &&
  /^ERR_(JW[TS]_|JWKS_NO_|JWKS_MULTIPLE_|JOSE_ALG_|JOSE_NOT_)/.test(error.code);
