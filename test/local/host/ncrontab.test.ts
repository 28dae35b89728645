import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseNcrontab } from '../../../local/host/ncrontab.ts';

const next = (expression: string, after: string) =>
  parseNcrontab(expression).next(new Date(after)).toISOString();

it.for([
  ['*/10 * * * * *', '2025-01-01T00:00:00.000Z', '2025-01-01T00:00:10.000Z'],
  ['*/10 * * * * *', '2025-01-01T00:00:09.999Z', '2025-01-01T00:00:10.000Z'],
  ['0 */5 * * * *', '2025-01-01T00:05:00.000Z', '2025-01-01T00:10:00.000Z'],
  ['*/5 * * * *', '2025-01-01T00:05:30.000Z', '2025-01-01T00:10:00.000Z'],
  ['0 30 9-11 * * 1-5', '2025-01-03T11:30:00.000Z', '2025-01-06T09:30:00.000Z'],
  ['5,50 59 23 31 12 *', '2025-01-01T00:00:00.000Z', '2025-12-31T23:59:05.000Z'],
  ['0 0 0 29 2 *', '2025-01-01T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
  ['0 10/20 * * * *', '2025-01-01T00:11:00.000Z', '2025-01-01T00:30:00.000Z'],
  ['0 0 0 * * MON', '2025-01-01T00:00:00.000Z', '2025-01-06T00:00:00.000Z'],
  ['0 30 9 * january Monday-Friday', '2025-01-31T09:30:00.000Z', '2026-01-01T09:30:00.000Z'],
] as const)('"%s" after %s is at %s', ([expression, after, expected]) => {
  expect(next(expression, after)).toBe(expected);
});

it.for([
  ['0 0 0 13 * 5', '2025-01-01T00:00:00.000Z', '2025-06-13T00:00:00.000Z'], // a Friday, where cron takes any Friday
  ['0 0 0 1-7 * Mon', '2025-01-07T00:00:00.000Z', '2025-02-03T00:00:00.000Z'],
  ['0 0 0 29 2 Mon', '2025-01-01T00:00:00.000Z', '2044-02-29T00:00:00.000Z'],
] as const)('"%s" waits for a day that is both, as NCRONTAB has it', ([expression, after, expected]) => {
  expect(next(expression, after)).toBe(expected);
});

it.for([
  ['* * * *', /expected six fields, got 4/],
  ['0 0 24 * * *', /cannot read the hour "24"/],
  ['0 0 5-3 * * *', /cannot read the hour "5-3"/],
  ['*/0 * * * * *', /cannot read the second "\*\/0"/],
  ['0 0 0 30 2 *', /never occurs/],
  ['0 0 0 31 4,6,9,11 *', /never occurs/],
] as const)('"%s" is refused', ([expression, message]) => {
  expect(() => parseNcrontab(expression)).toThrow(message);
});

it('each occurrence is the first second after another that fits every field', () => {
  const values = (min: number, max: number) =>
    fc
      .uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 3 })
      .map((each) => each.sort((a, b) => a - b));
  const part = (min: number, max: number) => fc.option(values(min, max), { nil: undefined, freq: 1 });
  const parts = fc.tuple(part(0, 59), part(0, 59), part(0, 23), part(1, 28), part(1, 12), part(0, 6));
  const fits = (time: number, [second, minute, hour, day, month, weekday]: (number[] | undefined)[]) => {
    const date = new Date(time);
    const has = (list: number[] | undefined, value: number) => list === undefined || list.includes(value);
    return {
      day:
        has(day, date.getUTCDate()) && has(month, date.getUTCMonth() + 1) && has(weekday, date.getUTCDay()),
      time:
        has(hour, date.getUTCHours()) &&
        has(minute, date.getUTCMinutes()) &&
        has(second, date.getUTCSeconds()),
    };
  };
  const after = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(parts, after, (fields, from) => {
      const found = next(fields.map((each) => each?.join(',') ?? '*').join(' '), from.toISOString());
      const at = Date.parse(found);
      expect(fits(at, fields)).toEqual({ day: true, time: true });
      // none before it: days that do not fit are skipped whole
      for (let time = Math.floor(from.getTime() / 1000) * 1000 + 1000; time < at; ) {
        const { day, time: clock } = fits(time, fields);
        expect(day && clock, `${new Date(time).toISOString()} comes before ${found}`).toBe(false);
        time = day && at - time < 86_400_000 ? time + 1000 : (Math.floor(time / 86_400_000) + 1) * 86_400_000;
      }
    }),
    { numRuns: 200 },
  );
});
