import { Cron } from 'croner';

export type Schedule = {
  /** The first occurrence after the given time, in UTC. */
  next(after: Date): Date;
};

/**
 * Reads six fields, or five, then at second 0. Day and day of week must both fit, as the real host has it, where cron
 * takes either: https://github.com/atifaziz/NCrontab/blob/master/NCrontab/CrontabSchedule.cs
 * What croner knows beyond that (7 for Sunday, L, W, #) the real host refuses.
 * @throws when the expression cannot be read, or never occurs
 */
export function parseNcrontab(expression: string): Schedule {
  const where = `schedule "${expression}"`;
  const shortNames = expression.replaceAll(/[a-z]{4,}/giu, (name) => name.slice(0, 3));
  const cron = read(shortNames.trim(), where);
  const next = (after: Date): Date => {
    const found = cron.nextRun(after);
    if (found) return found;
    throw new Error(`${where} never occurs`);
  };
  next(new Date());
  return { next };
}

function read(expression: string, where: string): Cron {
  try {
    return new Cron(expression, {
      ...{ mode: '5-or-6-parts', domAndDow: true, sloppyRanges: true },
      ...{ timezone: 'UTC', paused: true },
    });
  } catch (cause) {
    throw new Error(`${where}: ${(cause as Error).message}`, { cause });
  }
}
