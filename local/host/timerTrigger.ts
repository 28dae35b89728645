import { messageOf } from '../thrown.ts';
import { pause } from '../waiting.ts';
import type { Invoke } from './invoke.ts';
import { parseNcrontab, type Schedule } from './ncrontab.ts';
import { resolveSettings, type Settings } from './options.ts';
import type { Listener } from './queueListener.ts';
import { type TriggeredFunction, textOption } from './triggers.ts';

export type TimerTrigger = TriggeredFunction & { schedule: Schedule; runOnStartup: boolean };

/** @throws when the schedule cannot be read */
export function readTimerTrigger(of: TriggeredFunction, settings: Settings): TimerTrigger {
  const where = `Function ${of.functionName}`;
  const text = resolveSettings(textOption(of, 'schedule'), settings, where);
  try {
    return { ...of, schedule: parseNcrontab(text), runOnStartup: of.binding.runOnStartup === true };
  } catch (cause) {
    throw new Error(`${where}: ${messageOf(cause)}.`, { cause });
  }
}

export type RunningTimer = Listener & {
  /** Runs it once, now, beside its schedule. */
  fire(): Promise<void>;
};

/** setTimeout takes no more: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const LONGEST_PAUSE_MS = 2 ** 31 - 1;

/** Runs on schedule, one occurrence after the other; a failed one is logged, and that is all, as in the real host. */
export function startTimer(trigger: TimerTrigger, invoke: Invoke): RunningTimer {
  const draining = new AbortController();
  const { signal } = draining;
  const running = new Set<Promise<void>>();
  let last: Date | undefined;

  async function run(): Promise<void> {
    const now = new Date();
    const data = { json: JSON.stringify(timerInfo(last, trigger.schedule.next(now))) };
    last = now;
    await invoke(trigger.target, { name: trigger.bindingName, data, reason: 'Timer fired' }).catch(
      () => undefined,
    );
  }

  function fire(): Promise<void> {
    const work: Promise<void> = run().finally(() => running.delete(work));
    running.add(work);
    return work;
  }

  async function keepTime(): Promise<void> {
    if (trigger.runOnStartup) await fire();
    while (!signal.aborted) {
      const due = trigger.schedule.next(new Date());
      while (!signal.aborted && Date.now() < due.getTime())
        await pause(Math.min(due.getTime() - Date.now(), LONGEST_PAUSE_MS), signal);
      if (!signal.aborted) await fire();
    }
  }

  const keeping = keepTime();
  return {
    fire,
    async drain() {
      draining.abort();
      await keeping;
      await Promise.all(running);
    },
  };
}

/** The .NET class TimerInfo as JSON; the library gives its members a small first letter. */
function timerInfo(last: Date | undefined, next: Date): object {
  const lastText = last?.toISOString() ?? '0001-01-01T00:00:00';
  return {
    Schedule: { AdjustForDST: true },
    ScheduleStatus: { Last: lastText, LastUpdated: lastText, Next: next.toISOString() },
    IsPastDue: false,
  };
}
