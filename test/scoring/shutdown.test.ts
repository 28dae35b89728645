import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rejection } from '../support/secrets.ts';

type Shutdown = typeof import('../../src/scoring/shutdown.ts');
let shutdown: Shutdown;
// a shutdown is for ever
beforeEach(async () => {
  vi.resetModules();
  shutdown = await import('../../src/scoring/shutdown.ts');
});
afterEach(() => void vi.useRealTimers());

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const aborted = (signal: AbortSignal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
async function timed(work: Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work;
  return performance.now() - started;
}

describe('a shutdown', () => {
  it('with nothing in flight is over at once, also when called twice', async () => {
    expect(await timed(shutdown.finishInFlight())).toBeLessThan(100);
    expect(await timed(shutdown.finishInFlight())).toBeLessThan(100);
  });

  it('waits for work that ends in time, and no longer', async () => {
    let signalled = false;
    const work = shutdown.inFlight(async (signal) => {
      await pause(300);
      signalled = signal.aborted;
      return 'done';
    });
    const failing = rejection(
      shutdown.inFlight(() => pause(100).then(() => Promise.reject(new Error('odd')))),
    );
    expect(await timed(shutdown.finishInFlight())).toBeLessThan(600);
    expect([await work, signalled]).toEqual(['done', false]);
    expect(await failing).toMatchObject({ message: 'odd' });
  });

  it('hands back what does not end, and is over within the host’s grace whatever the work does', async () => {
    const finishing = shutdown.inFlight(() => pause(2_000).then(() => 'done'));
    const handedBack = rejection(shutdown.inFlight(aborted));
    let late: AbortSignal | undefined;
    void shutdown.inFlight((signal) => {
      late = signal;
      return new Promise(() => {}); // deaf
    });
    const ending = shutdown.finishInFlight();
    await pause(500);
    const begunMeanwhile = rejection(shutdown.inFlight(aborted));
    expect(late?.aborted).toBe(false);
    expect(await timed(ending)).toBeLessThan(4_000); // 4.5 s from the start on
    expect(await finishing).toBe('done');
    for (const error of [await handedBack, await begunMeanwhile])
      expect(error).toMatchObject({
        code: 'VisionTimeout',
        message: expect.stringContaining('the app is ending'),
      });
    expect(late?.aborted).toBe(true);
  });

  it('lets nothing begin afterwards that does not notice', async () => {
    await shutdown.finishInFlight();
    const signals: boolean[] = [];
    await shutdown.inFlight(async (signal) => void signals.push(signal.aborted));
    expect(signals).toEqual([true]);
  });
});

describe('work in flight', () => {
  it('is broken off before the host would end the whole worker, below functionTimeout of host.json', async () => {
    const { functionTimeout } = JSON.parse(
      await (await import('node:fs/promises')).readFile(new URL('../../host.json', import.meta.url), 'utf8'),
    ) as { functionTimeout: string };
    const [hours = 0, minutes = 0, seconds = 0] = functionTimeout.split(':').map(Number);
    const timeoutMs = ((hours * 60 + minutes) * 60 + seconds) * 1_000;
    vi.useFakeTimers();
    const [usual, short] = [
      rejection(shutdown.inFlight(aborted)),
      rejection(shutdown.inFlight(aborted, 1_000)),
    ];
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await short).toMatchObject({ code: 'VisionTimeout', message: 'The work took too long.' });
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(timeoutMs - 20_000);
    expect(await usual).toMatchObject({ code: 'VisionTimeout' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer behind when it ends by itself, well or not', async () => {
    vi.useFakeTimers();
    await shutdown.inFlight(async () => 'done');
    await rejection(shutdown.inFlight(() => Promise.reject(new Error('odd'))));
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
