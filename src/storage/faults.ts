import { asKeylessError, KeylessError } from '../errors/errors.ts';

/** An answer to HEAD has no body, so its code is among the details, from a header. */
type StorageError = Error & { statusCode?: number; code?: string; details?: { errorCode?: string } };

export const statusOf = (error: unknown): number | undefined =>
  (error as StorageError | undefined)?.statusCode;

/** A failed storage call as an error of the book; `what` names the operation and the blob. */
export function storageFault(thrown: unknown, what: string): KeylessError {
  if (thrown instanceof KeylessError) return thrown;
  const status = statusOf(thrown);
  const { code: spoken, details } = (thrown ?? {}) as StorageError;
  const code = spoken ?? details?.errorCode;
  if (status === undefined && code === undefined) return asKeylessError(thrown);
  // Its errors carry the request, whose headers may hold the token.
  for (const member of ['request', 'response']) Reflect.deleteProperty(thrown as object, member);
  const refused = status === 401 || status === 403;
  return new KeylessError(
    refused ? 'StorageRefused' : 'StorageUnavailable',
    `${what}: storage answered ${status ?? 'nothing'}${code ? ` ${code}` : ''}.`,
    { cause: thrown },
  );
}
