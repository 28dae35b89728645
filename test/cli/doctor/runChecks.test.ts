import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Check, type Finding, ok, type Result } from '../../../src/cli/doctor/check.ts';
import { runChecks } from '../../../src/cli/doctor/runChecks.ts';

const check = (id: string, run: Check['run'], own: Partial<Check> = {}): Check => ({
  id,
  group: 'Remarks',
  title: `Title of ${id}`,
  run,
  ...own,
});
const fine = () => ok('Fine.');
const broken = (): Finding => ({ status: 'fault', finding: 'Broken.' });

describe('the checks', () => {
  it('run side by side, and tell their findings in the order given', async () => {
    let running = 0;
    let most = 0;
    const slow = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      return ok('Fine.');
    };
    const results = await runChecks(['a', 'b', 'c'].map((id) => check(id, slow)));
    expect(results.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(most).toBe(3);
  });

  it('wait for those they come after, and name the one at the root where it did not pass', async () => {
    const asked: string[] = [];
    const note = (id: string) => () => {
      asked.push(id);
      return ok('Fine.');
    };
    const results = await runChecks([
      check('root', broken),
      check('middle', note('middle'), { after: ['root'] }),
      check('leaf', note('leaf'), { after: ['middle'] }),
      check('other', note('other')),
    ]);
    expect(asked).toEqual(['other']);
    expect(results.slice(1, 3)).toMatchObject([
      { status: 'could not check', because: 'root', finding: 'Waits for “Title of root” (root).' },
      { status: 'could not check', because: 'root', finding: 'Waits for “Title of root” (root).' },
    ]);
  });

  it('go on after a warning', async () => {
    const results = await runChecks([
      check('doubtful', () => ({ status: 'warning', finding: 'Hm.' })),
      check('next', fine, { after: ['doubtful'] }),
    ]);
    expect(results[1]?.status).toBe('ok');
  });

  it.each([
    [
      'throws at once',
      () => {
        throw new TypeError('no such thing');
      },
      /TypeError: no such thing/u,
    ],
    ['rejects', () => Promise.reject(new Error('gone')), /Error: gone/u],
    ['throws what is no error', () => Promise.reject('plain'), /plain/u],
    ['takes too long', () => new Promise<Finding>(() => {}), /longer than 0\.03 s/u],
  ])('that one %s is a finding of its own, and no crash', async (_, run, says) => {
    const results = await runChecks([check('odd', run, { limitMs: 30 }), check('other', fine)]);
    expect(results[0]).toMatchObject({
      status: 'could not check',
      because: 'failed',
      finding: expect.stringMatching(says),
    });
    expect(results[1]?.status).toBe('ok');
  });

  it('end the signal of one whose time is up', async () => {
    let signal: AbortSignal | undefined;
    await runChecks([
      check(
        'slow',
        (given) => {
          signal = given;
          return new Promise<Finding>(() => {});
        },
        { limitMs: 20 },
      ),
    ]);
    expect(signal?.aborted).toBe(true);
  });

  it('never judge what comes after something that did not pass, whatever depends on what', async () => {
    const outcome = fc.constantFrom<Finding['status'] | 'throws'>('ok', 'warning', 'fault', 'throws');
    const plan = fc.array(fc.record({ outcome, after: fc.array(fc.nat(20), { maxLength: 3 }) }), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(plan, async (members) => {
        const checks = members.map(({ outcome: status, after }, index) =>
          check(
            `c${index}`,
            () => {
              if (status === 'throws') throw new Error('thrown');
              return { status, finding: 'Found.' };
            },
            { after: index === 0 ? [] : after.map((each) => `c${each % index}`) },
          ),
        );
        const results = await runChecks(checks);
        const passed = ({ status }: Result) => status === 'ok' || status === 'warning';
        checks.forEach(({ after = [] }, index) => {
          const free = after.every((id) => passed(results[Number(id.slice(1))] as Result));
          const { status, because } = results[index] as Result;
          if (free) expect(because === undefined || because === 'failed').toBe(true);
          else
            expect({ status, itself: because === 'failed' }).toEqual({
              status: 'could not check',
              itself: false,
            });
        });
      }),
      { numRuns: 60 },
    );
  });

  it('are refused where one comes after another that does not stand before it', async () => {
    await expect(runChecks([check('a', fine, { after: ['b'] }), check('b', fine)])).rejects.toThrow(
      /a comes after b/u,
    );
  });
});
