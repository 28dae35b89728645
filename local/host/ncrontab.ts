import { Cron } from 'croner';

export type Schedule = {
  /** The first occurrence after the given time, in UTC. */
  next(after: Date): Date;
};

const FIELDS = ['second', 'minute', 'hour', 'day', 'month', 'day of week'] as const;

/**
 * Reads six fields, or five, then at second 0. Day and day of week must both fit, as the real host has it, where cron
 * takes either: https://github.com/atifaziz/NCrontab/blob/master/NCrontab/CrontabSchedule.cs
 * What croner knows beyond that (7 for Sunday, L, W, #) the real host refuses.
 * @throws when the expression cannot be read, or never occurs
 */
export function parseNcrontab(expression: string): Schedule {
  const where = `schedule "${expression}"`;
  const given = expression.trim().split(/\s+/);
  const fields = given.length === 5 ? ['0', ...given] : given;
  if (fields.length !== FIELDS.length) throw new Error(`${where}: expected six fields, got ${given.length}`);
  for (const [index, name] of FIELDS.entries()) {
    try {
      read(FIELDS.map((_, at) => (at === index ? (fields[at] ?? '') : '*')));
    } catch (cause) {
      throw new Error(`${where}: cannot read the ${name} "${fields[index]}"`, { cause });
    }
  }
  const cron = read(fields);
  const next = (after: Date): Date => {
    const found = cron.nextRun(after);
    if (found) return found;
    throw new Error(`${where} never occurs`);
  };
  next(new Date());
  return { next };
}

/** croner knows names of three letters. */
const read = (fields: readonly string[]): Cron =>
  new Cron(
    fields.join(' ').replaceAll(/[a-z]{4,}/giu, (name) => name.slice(0, 3)),
    {
      ...{ mode: '6-part', domAndDow: true, sloppyRanges: true },
      ...{ timezone: 'UTC', paused: true },
    },
  );
