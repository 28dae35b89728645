import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MAX_UPLOAD_BYTES } from '../../src/pictures/limits.ts';
import { createMemory, memoryForPictures } from '../../src/scoring/admission.ts';
import { rejection } from '../support/secrets.ts';

const MIB = 1024 * 1024;
afterEach(() => void vi.restoreAllMocks());
const PATIENT = { longestWaitMs: 5_000 };
const pause = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Work that goes on until it is told to end. */
function open(): { until: Promise<void>; end: () => void } {
  let end = () => {};
  const until = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { until, end };
}

const piece = fc.record({
  file: fc.integer({ min: 0, max: 40 * MIB }),
  growth: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 96 * MIB })),
  turns: fc.nat(3),
  fails: fc.boolean(),
});

describe('the memory for pictures', () => {
  it.each([
    ['quickly', 0],
    ['so slowly that everybody has waited long', 3_000],
  ])(
    'is never exceeded, and everybody gets a turn, whatever comes in whatever order, %s',
    async (_, step) => {
      let now = 0;
      vi.spyOn(performance, 'now').mockImplementation(() => {
        now += step;
        return now;
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(piece, { minLength: 1, maxLength: 40 }),
          fc.integer({ min: 1, max: 4 }),
          async (pieces, decoders) => {
            const capacity = 128 * MIB;
            const memory = createMemory(capacity, decoders);
            let most = 0;
            const outcomes = await Promise.allSettled(
              pieces.map(({ file, growth, turns, fails }) =>
                memory.hold(file, PATIENT, async ({ grow }) => {
                  if (growth > 0) await grow(growth);
                  most = Math.max(most, memory.used);
                  for (let turn = 0; turn < turns; turn += 1) await pause();
                  if (fails) throw new Error('on purpose');
                }),
              ),
            );
            const refused = outcomes.flatMap((each) =>
              each.status === 'rejected' && each.reason.message !== 'on purpose' ? [each.reason] : [],
            );
            expect(refused).toEqual([]);
            expect(most).toBeLessThanOrEqual(capacity);
            expect(memory.used).toBe(0);
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  it('is waited for no longer than whoever asks has time', async () => {
    const memory = createMemory(64 * MIB);
    const { until, end } = open();
    const first = memory.hold(10 * MIB, PATIENT, async ({ grow }) => {
      await grow(48 * MIB);
      await until;
    });
    const late = rejection(memory.hold(10 * MIB, { longestWaitMs: 50 }, () => until));
    expect(await late).toMatchObject({ code: 'MemoryBusy', retryAfterSeconds: 5, transient: true });
    end();
    await first;
    expect(memory.used).toBe(0);
  });

  it('is no longer waited for when the signal ends, and then takes nothing', async () => {
    const memory = createMemory(64 * MIB);
    const { until, end } = open();
    const first = memory.hold(12 * MIB, PATIENT, () => until);
    const ending = new AbortController();
    const waiting = rejection(memory.hold(12 * MIB, { ...PATIENT, signal: ending.signal }, async () => {}));
    ending.abort(new Error('the app ends'));
    expect(await waiting).toMatchObject({ code: 'MemoryBusy', cause: { message: 'the app ends' } });
    end();
    await first;
    expect(memory.used).toBe(0);
  });

  it('refuses for good, before anything is decoded, what it never has', async () => {
    const memory = createMemory(64 * MIB);
    expect(await rejection(memory.hold(MIB, PATIENT, ({ grow }) => grow(49 * MIB)))).toMatchObject({
      code: 'ImageTooManyPixels',
      transient: false,
      message: expect.stringContaining('at most 48 MiB'),
    });
    expect(memory.used).toBe(0);
  });

  it('lets small pictures pass while large ones wait', async () => {
    const memory = createMemory(128 * MIB);
    const { until, end } = open();
    const large = Array.from({ length: 6 }, () => memory.hold(24 * MIB, PATIENT, () => until));
    let passed = false;
    await memory.hold(100_000, PATIENT, async () => {
      passed = true;
    });
    expect(passed).toBe(true);
    end();
    await Promise.all(large);
  });

  it('keeps nobody waiting for ever: who waits long is not passed by large ones any more', async () => {
    const memory = createMemory(128 * MIB, 4);
    let stop = false;
    const hold = () =>
      memory.hold(MIB, PATIENT, async ({ grow }) => {
        await grow(40 * MIB);
        await pause(20);
      });
    const stream = Array.from({ length: 4 }, async () => {
      while (!stop) await hold();
    });
    await memory.hold(MIB, PATIENT, ({ grow }) => grow(95 * MIB));
    stop = true;
    await Promise.all(stream);
  });

  it('decodes small pictures beside a large one, however long others wait for their turn', async () => {
    const memory = createMemory(512 * MIB, 1);
    const { until, end } = open();
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 1_000;
      return now;
    });
    const large = Array.from({ length: 4 }, () =>
      memory.hold(MIB, PATIENT, async ({ grow }) => {
        await grow(100 * MIB);
        await until;
      }),
    );
    await pause();
    for (let index = 0; index < 5; index += 1) await memory.hold(MIB, PATIENT, ({ grow }) => grow(20 * MIB));
    end();
    await Promise.all(large);
  });

  it('decodes small pictures beside a large file too, though that takes little memory to decode', async () => {
    const memory = createMemory(512 * MIB, 1);
    const { until, end } = open();
    const large = memory.hold(32 * MIB, PATIENT, async ({ grow }) => {
      await grow(20 * MIB);
      await until;
    });
    await pause();
    await memory.hold(MIB, PATIENT, ({ grow }) => grow(20 * MIB));
    end();
    await large;
  });

  it('is not taken by small ones for ever from a large one that waits for it', async () => {
    const memory = createMemory(128 * MIB, 2);
    let stop = false;
    const stream = Array.from({ length: 4 }, async () => {
      while (!stop) {
        await memory.hold(MIB, PATIENT, async ({ grow }) => {
          await grow(20 * MIB);
          await pause(20);
        });
      }
    });
    await memory.hold(MIB, PATIENT, ({ grow }) => grow(95 * MIB));
    stop = true;
    await Promise.all(stream);
  });

  it('leaves as much again to the files that the host hands over, as many at a time as host.json says', () => {
    const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    const { maxDegreeOfParallelism } = JSON.parse(read('host.json')).extensions.blobs;
    const [, instance] = /param instanceMemoryMB int = (\d+)/u.exec(read('infra/main.bicep')) ?? [];
    expect(maxDegreeOfParallelism).toBe((Number(instance) * MIB) / 4 / (2 * MAX_UPLOAD_BYTES));
  });

  it('is a quarter of the instance, and 512 MiB at most', () => {
    expect(memoryForPictures()).toBeLessThanOrEqual(512 * MIB);
    expect(memoryForPictures()).toBeGreaterThan(64 * MIB);
  });
});

describe('memory that is lent to a model', () => {
  it('is not there for pictures until it is given back', async () => {
    const memory = createMemory(100 * MIB);
    const giveBack = await memory.lend(40 * MIB, PATIENT);
    const large = () => memory.hold(MIB, { longestWaitMs: 50 }, ({ grow }) => grow(70 * MIB));
    expect(await rejection(large())).toMatchObject({ code: 'ImageTooManyPixels' });
    giveBack();
    giveBack(); // once is enough
    await large();
  });

  it('is waited for while pictures have it, and not more than half of all', async () => {
    const memory = createMemory(100 * MIB);
    const held = open();
    const holding = memory.hold(20 * MIB, PATIENT, async ({ grow }) => {
      await grow(60 * MIB);
      await held.until;
    });
    await pause();
    expect(await rejection(memory.lend(30 * MIB, { longestWaitMs: 20 }))).toMatchObject({
      code: 'MemoryBusy',
    });
    const lending = memory.lend(30 * MIB, PATIENT);
    held.end();
    await Promise.all([holding, lending]);
    expect(await rejection(memory.lend(21 * MIB, PATIENT))).toMatchObject({
      ...{ code: 'ExportTooLarge', message: expect.stringMatching(/takes 21 MiB .* has 20 MiB left/u) },
    });
  });
});
