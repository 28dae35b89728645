import PQueue from 'p-queue';
import { KeylessError } from '../errors.ts';

/** Who waits: a person at the HTTP function goes before a picture that nobody looks at yet. */
export type Priority = 'caller' | 'picture';
const PRIORITY: Record<Priority, number> = { caller: 1, picture: 0 };

export type Pace = {
  /**
   * Resolves when the next call may start. Rejects with RateLimited: at once where the wait would be over
   * `longestWaitMs`, and after that time where others went before, or a pause came. The signal takes a waiting call out
   * of the queue.
   */
  turn(priority: Priority, longestWaitMs: number, signal?: AbortSignal): Promise<void>;
  /** After a 429: nobody starts for this long. */
  pauseFor(milliseconds: number): void;
};

/** The service’s limits are by the second; a longer wait asked for is looked into again after this. */
const LONGEST_PAUSE_MS = 60_000;

/** Timers cannot be longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A hair below the rate, since calls sent evenly do not arrive quite evenly. */
const HEADROOM = 0.97;

/** Paces the calls to one endpoint evenly at `rate` a second, callers before pictures. */
export function createPace(rate: number): Pace {
  const spacingMs = 1000 / (rate * HEADROOM);
  const queue = new PQueue({ intervalCap: 1, interval: spacingMs, strict: true });
  let waitingCallers = 0;
  let pausedUntil = 0;
  let resume: NodeJS.Timeout | undefined;

  function expectedWaitMs(priority: Priority): number {
    const ahead = priority === 'caller' ? waitingCallers : queue.size;
    return Math.max(0, pausedUntil - Date.now()) + ahead * spacingMs;
  }

  function refusal(priority: Priority): KeylessError {
    const seconds = Math.max(1, Math.ceil(expectedWaitMs(priority) / 1000));
    return new KeylessError(
      'RateLimited',
      `At ${rate} calls a second, this one would wait ${seconds} s behind ${queue.size} others.`,
      { retryAfterSeconds: seconds },
    );
  }

  return {
    async turn(priority, longestWaitMs, signal) {
      if (expectedWaitMs(priority) > longestWaitMs) throw refusal(priority);
      const late = new AbortController();
      const timer = setTimeout(
        () => late.abort(refusal(priority)),
        Math.min(longestWaitMs + spacingMs, LONGEST_TIMER_MS),
      );
      if (priority === 'caller') waitingCallers += 1;
      try {
        const ending = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
        await queue.add(() => {}, { priority: PRIORITY[priority], signal: ending });
      } finally {
        clearTimeout(timer);
        if (priority === 'caller') waitingCallers -= 1;
      }
    },
    pauseFor(milliseconds) {
      const until = Date.now() + Math.min(milliseconds, LONGEST_PAUSE_MS);
      if (until <= pausedUntil) return;
      pausedUntil = until;
      queue.pause();
      clearTimeout(resume);
      resume = setTimeout(() => queue.start(), until - Date.now());
      resume.unref();
    },
  };
}
