import pRetry from 'p-retry';
import { codeOf } from './answer.ts';

/** What ARM and Graph answer while a new principal has not reached every part of the directory. */
const UNKNOWN_YET = new Set(['PrincipalNotFound', 'Request_ResourceNotFound']);
/** 1, 2, 4, 8, 15, 15, … seconds: two minutes in all. */
const WAITING = { retries: 10, minTimeout: 1_000, factor: 2, maxTimeout: 15_000 };

/** Tries again, and says so once, while the principal is not known everywhere. */
export function untilReplicated<T>(work: () => Promise<T>): Promise<T> {
  return pRetry(work, {
    ...WAITING,
    shouldRetry: ({ error }) => UNKNOWN_YET.has(codeOf(error)),
    onFailedAttempt: ({ error, attemptNumber }) => {
      if (attemptNumber > 1 || !UNKNOWN_YET.has(codeOf(error))) return;
      console.error('The directory does not know the principal everywhere yet; trying for two minutes …');
    },
  });
}
