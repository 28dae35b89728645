import PQueue from 'p-queue';
import { KeylessError } from '../errors/errors.ts';
import { inTime } from '../outbound/inTime.ts';
import type { Priority } from '../prediction.ts';
import { time } from '../telemetry/telemetry.ts';

const PRIORITY: Record<Priority, number> = { caller: 1, picture: 0 };

export type Pace = {
  /**
   * Resolves when the next call may start. Rejects with RateLimited: at once where the wait would be over
   * `longestWaitMs`, and after that time where others went before, or a pause came. The signal takes a waiting call out
   * of the queue.
   */
  turn(priority: Priority, longestWaitMs: number, signal?: AbortSignal): Promise<void>;
  /** How long a call would wait for its turn, as far as that is known now; 0 or less: not at all. */
  waitMs(priority: Priority): number;
  /** After a 429: nobody starts for this long. */
  pauseFor(milliseconds: number): void;
};

/** The service’s limits are by the second; a longer wait asked for is looked into again after this. */
const LONGEST_PAUSE_MS = 60_000;

/** Timers cannot be longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Below the rate, so that turns taken late can be made up for within it. */
const HEADROOM = 0.96;

/**
 * How late a turn may be taken without the next ones being put off too: the headroom of a second (41 ms), less what the
 * way to the service may add. So no second holds more than `rate` turns, and a busy event loop loses none.
 */
const SLACK_MS = 1000 / HEADROOM - 1000 - 22;

/** Paces the calls to one endpoint at `rate` a second, in even slots, callers before pictures. */
export function createPace(rate: number): Pace {
  const spacingMs = 1000 / (rate * HEADROOM);
  const queue = new PQueue({ concurrency: 1 });
  let waitingCallers = 0;
  let slotAt = 0;
  let pausedUntil = 0;
  let resume: NodeJS.Timeout | undefined;

  /** Below 0 for a slot that is being made up for. */
  const opensInMs = () => Math.max(slotAt, pausedUntil) - performance.now();

  function closeUntilNext(): void {
    queue.pause();
    clearTimeout(resume);
    resume = setTimeout(() => queue.start(), Math.max(0, opensInMs()));
    resume.unref();
  }

  /** `lateBy`: so much of the past is made up for. */
  function takeSlot(lateBy = SLACK_MS): void {
    slotAt = Math.max(slotAt, performance.now() - lateBy) + spacingMs;
    if (queue.size > 0 && opensInMs() > 0) closeUntilNext();
  }

  /** How long those take who go before. */
  const aheadMs = (priority: Priority) => (priority === 'caller' ? waitingCallers : queue.size) * spacingMs;

  const expectedWaitMs = (priority: Priority) =>
    Math.max(0, pausedUntil - performance.now()) + aheadMs(priority);

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
      if (queue.size === 0 && opensInMs() <= 0) {
        signal?.throwIfAborted();
        takeSlot(0); // slots are counted by the clock: a timer is only for who must wait
        return;
      }
      const began = performance.now();
      if (!queue.isPaused) closeUntilNext();
      if (priority === 'caller') waitingCallers += 1;
      try {
        const taking = (ending: AbortSignal) =>
          queue.add(() => takeSlot(), { priority: PRIORITY[priority], signal: ending });
        const longestMs = Math.min(longestWaitMs + spacingMs, LONGEST_TIMER_MS);
        await inTime(longestMs, taking, signal, () => refusal(priority));
      } finally {
        if (priority === 'caller') waitingCallers -= 1;
        time('keyless.turn.wait', { 'keyless.priority': priority }, (performance.now() - began) / 1000);
      }
    },
    waitMs: (priority) => opensInMs() + aheadMs(priority),
    pauseFor(milliseconds) {
      const until = performance.now() + Math.min(milliseconds, LONGEST_PAUSE_MS);
      if (until <= pausedUntil) return;
      pausedUntil = until;
      if (queue.size > 0) closeUntilNext();
    },
  };
}
