import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Priority } from '../../src/prediction.ts';
import { createPace, type Pace } from '../../src/vision/pacing.ts';
import { withRetries } from '../../src/vision/retry.ts';
import { rejection } from '../support/secrets.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const LONG = 60_000;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Takes turns, noting who got one and when. */
function turns(pace: Pace) {
  const started = performance.now();
  const got: { who: string; at: number }[] = [];
  const take = async (
    who: string,
    priority: Priority = 'picture',
    longestWaitMs = LONG,
    signal?: AbortSignal,
  ) => {
    await pace.turn(priority, longestWaitMs, signal);
    got.push({ who, at: performance.now() - started });
  };
  return { got, take, order: () => got.map(({ who }) => who).join(' ') };
}
const many = (howMany: number, take: (index: number) => Promise<void>) =>
  Array.from({ length: howMany }, (_, index) => take(index));
/** How long until a promise rejects, and with what. */
async function refused(promise: Promise<unknown>) {
  const started = performance.now();
  const error = await rejection(promise);
  return { error, took: performance.now() - started };
}

describe('the pace', () => {
  /** A slot is never taken early: what went before late is made up for by 50 ms at most, so by less than one of 20. */
  function expectSlots(times: number[], rate: number) {
    for (const [index, at] of times.entries()) {
      for (const [further, later] of times.slice(index).entries()) {
        expect(later - at).toBeGreaterThan((further * 1_000) / rate - 50);
      }
      expect(times.filter((each) => each >= at && each < at + 1_000).length).toBeLessThanOrEqual(rate);
    }
  }
  const shareUsed = (times: number[], rate: number) =>
    (times.length - 1) / (((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000) / rate;

  it('is even: never more than the rate in any second, and nearly all of it', async () => {
    vi.useFakeTimers();
    const { got, take } = turns(createPace(40));
    const all = Promise.all(many(90, (index) => take(String(index))));
    await vi.advanceTimersByTimeAsync(4_000);
    await all;
    const times = got.map(({ at }) => at);
    expectSlots(times, 40);
    expect(shareUsed(times, 40)).toBeGreaterThan(0.9);
    expect(got.map(({ who }) => Number(who))).toEqual(times.map((_, index) => index));
  });

  it('makes up for turns taken late, still within the rate of any second', async () => {
    vi.useFakeTimers();
    const onTime = setTimeout;
    let timers = 0;
    // what a busy event loop does to timers
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, wait = 0) =>
      onTime(work, wait + ([0, 18, 7, 12][timers++ % 4] ?? 0))) as typeof setTimeout);
    const { got, take } = turns(createPace(20));
    const all = Promise.all(many(50, (index) => take(String(index))));
    await vi.advanceTimersByTimeAsync(5_000);
    await all;
    const times = got.map(({ at }) => at);
    expectSlots(times, 20);
    expect(shareUsed(times, 20)).toBeGreaterThan(0.9);
  });

  it('does not make up for turns that nobody took', async () => {
    const { got, take } = turns(createPace(20));
    await take('first');
    await pause(500);
    await Promise.all(many(6, (index) => take(String(index))));
    expectSlots(got.map(({ at }) => at).slice(1), 20);
  });

  it('lets the first one start at once, also after a rest', async () => {
    const { got, take } = turns(createPace(5));
    await take('first');
    await pause(250);
    await take('second');
    expect(got[0]?.at).toBeLessThan(50);
    expect((got[1]?.at ?? 0) - 250).toBeLessThan(60);
  });

  it('puts callers before pictures, each in the order they came', async () => {
    const { take, order } = turns(createPace(100));
    await Promise.all([
      ...many(4, (index) => take(`picture${index}`)),
      ...many(3, (index) => take(`caller${index}`, 'caller')),
    ]);
    expect(order()).toBe('picture0 caller0 caller1 caller2 picture1 picture2 picture3');
  });
});

describe('who would wait too long', () => {
  it('is told at once, with the time after which it may try again', async () => {
    const ending = new AbortController();
    const pace = createPace(10);
    const { take } = turns(pace);
    const waiting = many(21, () => take('picture', 'picture', LONG, ending.signal).catch(() => {}));
    const { error, took } = await refused(pace.turn('picture', 1_500));
    expect(took).toBeLessThan(50);
    expect(error).toMatchObject({
      code: 'RateLimited',
      retryAfterSeconds: 3,
      message: 'At 10 calls a second, this one would wait 3 s behind 20 others.',
    });
    await pace.turn('caller', 1_500); // goes before them, so that nothing is too long for it
    ending.abort();
    await Promise.all(waiting);
  });

  it('is not made to wait once more by what tries again: who calls gets the refusal, without a call', async () => {
    const pace = createPace(10);
    pace.pauseFor(3_000);
    const attempt = vi.fn(async () => 'seen');
    const budget = { total: 10_000, attempt: 1_000, firstWait: 10, queue: 500 };
    const calling = withRetries(attempt, budget, { turn: (longest) => pace.turn('caller', longest) });
    const { error, took } = await refused(calling);
    expect(error).toMatchObject({ code: 'RateLimited', retryAfterSeconds: 3 });
    expect(took).toBeLessThan(300);
    expect(attempt).not.toHaveBeenCalled();
  });

  it('since others keep going before it, is told when its time is over, and leaves the queue', async () => {
    const pace = createPace(20);
    const { take, order } = turns(pace);
    const ahead = many(4, (index) => take(`before${index}`, 'caller'));
    const picture = refused(take('picture', 'picture', 300)); // three are ahead of it, so it may wait
    const later = many(8, (index) => take(`after${index}`, 'caller'));
    const { error, took } = await picture;
    expect(error).toMatchObject({ code: 'RateLimited', retryAfterSeconds: 1 });
    expect(took).toBeGreaterThan(290);
    expect(took).toBeLessThan(500);
    await Promise.all([...ahead, ...later]);
    await pause(120);
    expect(order()).not.toContain('picture');
    expect(order().split(' ')).toHaveLength(12);
  });
});

describe('a pause', () => {
  it('holds everybody back, and the pace is even afterwards', async () => {
    const pace = createPace(40);
    const { got, take } = turns(pace);
    const waiting = many(5, () => take('picture'));
    await waiting[0];
    pace.pauseFor(300);
    await Promise.all([...waiting, take('caller', 'caller')]);
    const [first = 0, ...others] = got.map(({ at }) => at);
    expect(first).toBeLessThan(50);
    expect(others[0]).toBeGreaterThan(280);
    expect(got[1]?.who).toBe('caller');
    expect((others.at(-1) ?? 0) - (others[0] ?? 0)).toBeGreaterThan((4 * 1_000) / 40 - 50);
  });

  it('may be made longer, and not shorter', async () => {
    const pace = createPace(40);
    const { got, take } = turns(pace);
    pace.pauseFor(100);
    pace.pauseFor(300);
    pace.pauseFor(0);
    await take('picture');
    expect(got[0]?.at).toBeGreaterThan(290);
    expect(got[0]?.at).toBeLessThan(450);
  });

  it('refuses at once who cannot wait for its end, and after its time who was waiting already', async () => {
    const pace = createPace(4);
    const { take } = turns(pace);
    await take('first');
    const waiting = refused(take('waiting', 'caller', 300));
    pace.pauseFor(1_500);
    const { error, took } = await refused(pace.turn('caller', 1_000));
    expect(error).toMatchObject({ code: 'RateLimited', retryAfterSeconds: 2 });
    expect(took).toBeLessThan(50);
    expect((await waiting).error).toMatchObject({
      code: 'RateLimited',
      retryAfterSeconds: expect.any(Number),
    });
    expect((await waiting).took).toBeLessThan(800);
  });

  it('is a minute at most, and leaves no timer behind', async () => {
    vi.useFakeTimers();
    const pace = createPace(10);
    pace.pauseFor(86_400_000);
    const { got, take } = turns(pace);
    const turn = take('picture', 'picture', 100_000);
    await vi.advanceTimersByTimeAsync(59_900);
    expect(got).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    await turn;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a waiting call that is given up', () => {
  it('leaves the queue with its reason and takes nobody’s turn', async () => {
    const pace = createPace(20);
    const { got, take } = turns(pace);
    const ending = new AbortController();
    const first = take('first');
    const given = many(10, () => take('given up', 'caller', LONG, ending.signal));
    const last = take('last');
    ending.abort(new Error('over'));
    for (const each of given) expect(await rejection(each)).toMatchObject({ message: 'over' });
    await Promise.all([first, last]);
    expect(got.map(({ who }) => who)).toEqual(['first', 'last']);
    expect(got[1]?.at).toBeLessThan(150);
    expect(await rejection(take('late', 'caller', LONG, ending.signal))).toMatchObject({ message: 'over' });
  });

  it('is not counted by the next caller, however many there were', async () => {
    const pace = createPace(10);
    const { take } = turns(pace);
    await take('first');
    for (let round = 0; round < 3; round += 1) {
      const ending = new AbortController();
      const given = many(50, () => take('given up', 'caller', LONG, ending.signal).catch(() => {}));
      expect(await rejection(take('too late', 'caller', 1_000))).toMatchObject({ code: 'RateLimited' });
      ending.abort();
      await Promise.all(given);
    }
    await take('next', 'caller', 0);
  });
});

describe('a process', () => {
  const run = async (code: string) => {
    const pacing = fileURLToPath(new URL('../../src/vision/pacing.ts', import.meta.url));
    const script = `import { createPace } from ${JSON.stringify(pacing)}; const pace = createPace(10); ${code}`;
    const started = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    return { stdout, took: performance.now() - started };
  };

  it('may end in a pause that nobody waits for, and does not end while somebody does', async () => {
    const [idle, waiting] = await Promise.all([
      run('pace.pauseFor(60_000); await pace.turn("caller", 0).catch(({ code }) => console.log(code));'),
      run('pace.pauseFor(300); await pace.turn("caller", 5_000); console.log("its turn");'),
    ]);
    expect(idle.stdout).toBe('RateLimited\n');
    expect(idle.took).toBeLessThan(10_000);
    expect(waiting.stdout).toBe('its turn\n');
  });
});
