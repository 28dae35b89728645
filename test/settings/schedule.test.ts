import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings/settings.ts';
import { LONGEST_BLOCK_MS, longestBlock } from '../support/longestBlock.ts';
import { environment, settingsOf } from './environment.ts';

const problemsOf = (schedule: string) => readSettings(environment({ RECONCILE_SCHEDULE: schedule })).problems;

describe('RECONCILE_SCHEDULE', () => {
  it.each([
    '0 */15 * * * *',
    '0 30 9 * Jan Mon-Fri',
    '0 30 9 * january-MARCH monday,Sat',
    '5,50 59 23 31 12 *',
    '0 10/20 * * * *',
    '0 0-30/7 0 1,15 */2 0-6',
    '0 0 0 29 2 *',
    '0 0 0 29 2 Mon',
  ])('takes %s', (schedule) => {
    expect(settingsOf(environment({ RECONCILE_SCHEDULE: schedule })).reconcileSchedule).toBe(schedule);
  });

  it.each([
    ['60 * * * * *', /the second .*0 to 59/u],
    ['0 60 * * * *', /the minute .*0 to 59/u],
    ['0 */90 * * * *', /the minute/u],
    ['0 */0 * * * *', /the minute/u],
    ['0 0 24 * * *', /the hour .*0 to 23/u],
    ['0 0 0 0 * *', /the day .*1 to 31/u],
    ['0 0 0 32 * *', /the day .*1 to 31/u],
    ['0 0 0 * 13 *', /the month .*1 to 12/u],
    ['0 0 0 * Foo *', /the month/u],
    ['0 0 0 * Mon *', /the month/u],
    ['0 0 0 * * 7', /the day of the week .*0 to 6/u],
    ['0 0 0 * * 5-7', /the day of the week/u],
    ['0 0 0 * * Jan', /the day of the week/u],
    ['0 0 0 * * Mondoy', /the day of the week/u],
    ['0 0 5-3 * * *', /the hour/u],
    ['0 0 0 L * *', /the day /u],
    ['0 0 0 15W * *', /the day /u],
    ['0 0 0 * * 5#2', /the day of the week/u],
    ['0 0 0 ? * *', /the day /u],
    ['0 1,, * * * *', /the minute/u],
    ['0 /5 * * * *', /the minute/u],
    ['0 -1 * * * *', /the minute/u],
    ['0 1.5 * * * *', /the minute/u],
    ['0 1- * * * *', /the minute/u],
    ['0\t*/15 * * * *', /blanks/u],
    ['0 0 0 30 2 *', /never/u],
    ['0 0 0 31 4,6,9,11 *', /never/u],
    ['hourly', /six fields/u],
    ['@daily', /six fields/u],
    ['* * * *', /six fields/u],
    ['0 0 0 1 1 * 2030', /six fields/u],
  ])('%s could never run, and says which part', (schedule, expected) => {
    expect(problemsOf(schedule)).toMatchObject([
      { setting: 'RECONCILE_SCHEDULE', expected: expect.stringMatching(expected) },
    ]);
  });

  it('five fields are told in the six-field form, as one star less means another time', () => {
    expect(problemsOf('*/15 * * * *')).toMatchObject([
      { expected: expect.stringContaining('0 */15 * * * *'), got: '"*/15 * * * *"' },
    ]);
  });

  it('a TimeSpan, which runs on an App Service plan alone, is told so', () => {
    expect(problemsOf('00:15:00')).toMatchObject([{ expected: expect.stringMatching(/TimeSpan/u) }]);
  });

  it('is judged quickly, whatever it holds', async () => {
    const worst = [
      '* * * 30 2 *',
      '0 0 0 29 2 Mon',
      `0 ${'0-59/1,'.repeat(200)}0 * 31 2,4,6,9,11 *`,
      '1'.repeat(9_999),
    ];
    const block = await longestBlock(async () => {
      for (const schedule of worst) {
        problemsOf(schedule);
        await new Promise(setImmediate);
      }
    });
    expect(block).toBeLessThan(LONGEST_BLOCK_MS);
    const field = fc.stringMatching(/^[\d*,/A-Za-z?#L-]{1,12}$/u);
    fc.assert(
      fc.property(fc.array(field, { minLength: 6, maxLength: 6 }), (fields) => {
        readSettings(environment({ RECONCILE_SCHEDULE: fields.join(' ') })); // never throws
      }),
    );
  });
});
