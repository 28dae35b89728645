import { expect, it } from 'vitest';
import { parseNcrontab } from '../../../local/host/ncrontab.ts';

const next = (expression: string, after: string) =>
  parseNcrontab(expression).next(new Date(after)).toISOString();

it.for([
  ['*/10 * * * * *', '2025-01-01T00:00:00.000Z', '2025-01-01T00:00:10.000Z'],
  ['0 */5 * * * *', '2025-01-01T00:05:00.000Z', '2025-01-01T00:10:00.000Z'],
  ['*/5 * * * *', '2025-01-01T00:05:30.000Z', '2025-01-01T00:10:00.000Z'],
  ['0 30 9-11 * * 1-5', '2025-01-03T11:30:00.000Z', '2025-01-06T09:30:00.000Z'],
  ['5,50 59 23 31 12 *', '2025-01-01T00:00:00.000Z', '2025-12-31T23:59:05.000Z'],
  ['0 0 0 29 2 *', '2025-01-01T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
  ['0 10/20 * * * *', '2025-01-01T00:11:00.000Z', '2025-01-01T00:30:00.000Z'],
] as const)('"%s" after %s is at %s', ([expression, after, expected]) => {
  expect(next(expression, after)).toBe(expected);
});

it.for([
  ['* * * *', /expected six fields, got 4/],
  ['0 0 24 * * *', /cannot read the hour "24"/],
  ['0 0 5-3 * * *', /cannot read the hour "5-3"/],
  ['*/0 * * * * *', /cannot read the second "\*\/0"/],
  ['0 0 0 * * MON', /cannot read the day of week "MON"/],
  ['0 0 0 30 2 *', /never occurs/],
] as const)('"%s" is refused', ([expression, message]) => {
  expect(() => parseNcrontab(expression)).toThrow(message);
});
