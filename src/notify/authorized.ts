import type { TokenCredential } from '@azure/identity';
import { asKeylessError, KeylessError } from '../errors/errors.ts';
import { replaceRefused } from '../identity/replaceRefused.ts';

/**
 * A call with a token of a scope. A target that refuses it (TokenRefused) gets another one, once; where that is refused
 * too, the fault is TargetForbidden.
 */
export async function authorized<T>(
  credential: TokenCredential,
  scope: string,
  call: (token: string) => Promise<T>,
): Promise<T> {
  try {
    return await replaceRefused(credential, scope, async () =>
      call((await credential.getToken(scope))?.token ?? ''),
    );
  } catch (thrown) {
    const fault = asKeylessError(thrown);
    if (fault.code !== 'TokenRefused') throw fault;
    throw new KeylessError('TargetForbidden', `${fault.message} The token is for ${scope}.`, {
      cause: fault,
    });
  }
}
