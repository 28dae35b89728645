export type Schedule = {
  /** The first occurrence after the given time, in UTC. */
  next(after: Date): Date;
};

const FIELDS = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12 },
  { name: 'day of week', min: 0, max: 6 },
] as const;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Covers every 29 February. */
const HORIZON_DAYS = 9 * 366;

/**
 * Reads six fields (or five, then at second 0) of numbers, *, steps, lists and ranges; not names like MON or JAN.
 * Day and day of week must both fit.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 * @throws when the expression cannot be read, or never occurs
 */
export function parseNcrontab(expression: string): Schedule {
  const given = expression.trim().split(/\s+/);
  const parts = given.length === 5 ? ['0', ...given] : given;
  if (parts.length !== FIELDS.length)
    throw new Error(`schedule "${expression}": expected six fields, got ${given.length}`);
  const field = (index: number) => parseField(parts, index, expression);
  const [seconds, minutes, hours] = [field(0), field(1), field(2)];
  const [days, months, weekdays] = [field(3), field(4), field(5)];

  function next(after: Date): Date {
    const from = after.getTime() + 1;
    const lastDay = from + HORIZON_DAYS * DAY_MS;
    for (let day = from - (from % DAY_MS); day < lastDay; day += DAY_MS) {
      const date = new Date(day);
      if (
        !days.has(date.getUTCDate()) ||
        !months.has(date.getUTCMonth() + 1) ||
        !weekdays.has(date.getUTCDay())
      )
        continue;
      for (const hour of hours)
        for (const minute of minutes)
          for (const second of seconds) {
            const time = day + (hour * 60 + minute) * MINUTE_MS + second * 1000;
            if (time >= from) return new Date(time);
          }
    }
    throw new Error(`schedule "${expression}" never occurs`);
  }
  next(new Date());
  return { next };
}

/** The values in rising order. */
function parseField(parts: readonly string[], index: number, expression: string): Set<number> {
  const { name, min, max } = FIELDS[index] ?? FIELDS[0];
  const values: number[] = [];
  for (const item of (parts[index] ?? '').split(',')) {
    const [, all, first, last, step] = /^(?:(\*)|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(item) ?? [];
    const from = all ? min : Number(first ?? Number.NaN);
    const to = all || (step && !last) ? max : Number(last ?? from);
    const by = Number(step ?? 1);
    if (!(from >= min && to <= max && from <= to && by > 0))
      throw new Error(
        `schedule "${expression}": cannot read the ${name} "${item}"; expected ${min} to ${max}, *, */n, a-b or a list`,
      );
    for (let value = from; value <= to; value += by) values.push(value);
  }
  return new Set(values.sort((a, b) => a - b));
}
