import pRetry from 'p-retry';
import { type ErrorCode, KeylessError } from '../errors/errors.ts';

/** Faults around a prediction that pass; those of the prediction itself have been waited out by its client. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['IdentityEndpointFailing', 'StorageUnavailable']);

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
const TOTAL_MS = 120_000;

/**
 * The platform gives a thrown picture back at once, five times in all, so a passing fault is waited out here.
 * Rejects with the last fault when time or signal ends the wait.
 */
export async function retryPassing<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let fault: unknown;
  const once = () =>
    work().catch((thrown: unknown) => {
      fault = thrown;
      throw thrown;
    });
  return pRetry(once, {
    retries: 12,
    minTimeout: FIRST_WAIT_MS,
    maxTimeout: LONGEST_WAIT_MS,
    maxRetryTime: TOTAL_MS,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => error instanceof KeylessError && PASSING.has(error.code),
  }).catch((error: unknown) => {
    throw fault ?? error; // what went wrong tells more than that the wait was broken off
  });
}
