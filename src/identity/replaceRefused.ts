import type { TokenCredential } from '@azure/identity';
import { KeylessError } from '../errors/errors.ts';
import { AFTER_REFUSAL } from './tokenCache.ts';

/**
 * A call that a service refuses for its token (TokenRefused) is made once more with another token, where there is one:
 * keys roll, and rights are revoked. Managed identity endpoints keep a token for a day themselves, so that the same one
 * may come back; then, and where the other is refused too, the fault stands.
 */
export async function replaceRefused<T>(
  credential: TokenCredential,
  scope: string,
  call: () => Promise<T>,
): Promise<T> {
  const before = await credential.getToken(scope);
  try {
    return await call();
  } catch (fault) {
    if (!(fault instanceof KeylessError && fault.code === 'TokenRefused')) throw fault;
    const after = await credential.getToken(scope, AFTER_REFUSAL);
    if (after?.token === before?.token) throw fault;
    return call();
  }
}
