import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { KeylessError } from '../errors.ts';

/** Times in milliseconds. The whole stays well under the 230 s after which Azure cuts an HTTP call. */
export type Budget = {
  /** For everything, waiting included. */
  total: number;
  /** For one attempt. */
  attempt: number;
  /** Before the second attempt; doubles from there, with jitter. */
  firstWait: number;
};

export type Attempted<T> = { value: T; attempts: number };

const MOST_RETRIES = 8;
const LONGEST_WAIT_MS = 8_000;

/**
 * Tries again what trying again can mend (408, 429, 5xx, connection faults), honouring Retry-After, until the budget
 * is used up. `attempt` gets a signal that ends with the attempt’s time, the budget’s or the caller’s.
 * Rejects with the last KeylessError, its `attempts` filled in.
 */
export async function withRetries<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  budget: Budget,
  signal?: AbortSignal,
): Promise<Attempted<T>> {
  const deadline = performance.now() + budget.total;
  const left = () => Math.max(0, deadline - performance.now());
  let attempts = 0;
  try {
    const value = await pRetry(
      () => {
        attempts += 1;
        const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(Math.min(budget.attempt, left()))));
        return attempt(signal ? AbortSignal.any([signal, timeout]) : timeout);
      },
      {
        retries: MOST_RETRIES,
        minTimeout: budget.firstWait,
        maxTimeout: LONGEST_WAIT_MS,
        randomize: true,
        maxRetryTime: budget.total,
        ...(signal && { signal }),
        async shouldRetry({ error, retryDelay }) {
          if (!(error instanceof KeylessError) || !error.transient) return false;
          const asked = (error.retryAfterSeconds ?? 0) * 1000;
          if (Math.max(asked, retryDelay) >= left()) return false;
          await sleep(Math.max(0, asked - retryDelay), undefined, signal ? { signal } : {});
          return true;
        },
      },
    );
    return { value, attempts };
  } catch (error) {
    if (signal?.aborted) {
      throw new KeylessError('VisionTimeout', 'The call was given up before an answer came.', {
        cause: error,
        attempts,
      });
    }
    throw error instanceof KeylessError ? error.afterAttempts(attempts) : error;
  }
}
