import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { KeylessError } from '../errors/errors.ts';
import { inTime } from '../outbound/inTime.ts';
import type { Attempted, Budget, FailedAttempt } from '../prediction.ts';

export type RetryOptions = {
  signal?: AbortSignal | undefined;
  /** Before each attempt: waits for its turn, or rejects where that would take longer than given. */
  turn?: (longestWaitMs: number) => Promise<void>;
  /** Whether the next attempt goes elsewhere, where nobody asked for a pause. */
  elsewhere?: () => boolean;
};

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
  { signal, turn, elsewhere = () => false }: RetryOptions = {},
): Promise<Attempted<T>> {
  const deadline = performance.now() + budget.total;
  const left = () => Math.max(0, deadline - performance.now());
  const failedAttempts: FailedAttempt[] = [];
  let attempts = 0;
  let refusal: unknown;

  async function once(): Promise<T> {
    await turn?.(Math.min(budget.queue ?? budget.total, left())).catch((thrown: unknown) => {
      refusal = thrown; // no place within the budget: whoever waits is told at once
      throw thrown;
    });
    attempts += 1;
    const started = performance.now();
    try {
      return await inTime(Math.min(budget.attempt, left()), attempt, signal);
    } catch (error) {
      if (error instanceof KeylessError) {
        failedAttempts.push({ code: error.code, durationMs: Math.round(performance.now() - started) });
      }
      throw error;
    }
  }

  let first: Promise<T> | undefined = once();
  try {
    return { value: await first, attempts, failedAttempts };
  } catch {
    // the first failure among those below; nearly all calls never come here
  }
  const firstThenAgain = () => {
    const next = first ?? once();
    first = undefined;
    return next;
  };
  try {
    const value = await pRetry(firstThenAgain, {
      retries: MOST_RETRIES,
      minTimeout: budget.firstWait,
      maxTimeout: LONGEST_WAIT_MS,
      randomize: true,
      maxRetryTime: budget.total,
      ...(signal && { signal }),
      async shouldRetry({ error, retryDelay }) {
        if (error === refusal || !(error instanceof KeylessError) || !error.transient) return false;
        const asked = elsewhere() ? 0 : (error.retryAfterSeconds ?? 0) * 1000;
        if (Math.max(asked, retryDelay) >= left()) return false;
        await sleep(Math.max(0, asked - retryDelay), undefined, signal ? { signal } : {});
        return true;
      },
    });
    return { value, attempts, failedAttempts };
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
