import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { withRetries } from '../../src/vision/retry.ts';
import { rejection } from '../support/secrets.ts';

const BUDGET = { total: 500, attempt: 100, firstWait: 1 };
const trouble = () => new KeylessError('VisionUnavailable', 'Down.');

describe('withRetries', () => {
  it('gives back the value and how often it was tried', async () => {
    const outcomes = [trouble(), trouble(), 'seen'];
    const attempt = async () => {
      const outcome = outcomes.shift();
      if (outcome instanceof Error) throw outcome;
      return outcome;
    };
    expect(await withRetries(attempt, BUDGET)).toMatchObject({
      value: 'seen',
      attempts: 3,
      failedAttempts: [{ code: 'VisionUnavailable' }, { code: 'VisionUnavailable' }],
    });
  });

  it.each([
    ['a fault that stays', new KeylessError('PermissionDenied', 'No.')],
    ['a slip in the code', new TypeError('x is not a function')],
    ['an error it does not know', new Error('odd')],
  ])('does not try %s again', async (_, error) => {
    const attempt = vi.fn(async () => {
      throw error;
    });
    expect(await rejection(withRetries(attempt, BUDGET))).toMatchObject({ message: error.message });
    expect(attempt).toHaveBeenCalledTimes(1);
  });

  it('ends each attempt’s signal after the attempt’s time, and the last one’s with the budget', async () => {
    const spans: number[] = [];
    const attempt = async (signal: AbortSignal) => {
      const started = performance.now();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      spans.push(performance.now() - started);
      throw trouble();
    };
    const error = await rejection(withRetries(attempt, { total: 250, attempt: 100, firstWait: 1 }));
    expect(error).toMatchObject({ code: 'VisionUnavailable', attempts: spans.length });
    expect(spans.length).toBeGreaterThanOrEqual(2);
    for (const span of spans) expect(span).toBeLessThan(180);
  });

  it('waits longer from attempt to attempt', async () => {
    const starts: number[] = [];
    const attempt = async () => {
      starts.push(performance.now());
      throw trouble();
    };
    await rejection(withRetries(attempt, { total: 400, attempt: 50, firstWait: 20 }));
    const waits = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    expect(waits.length).toBeGreaterThanOrEqual(2);
    expect(waits[0]).toBeGreaterThanOrEqual(18);
    expect(waits.at(-1)).toBeGreaterThan(waits[0] ?? 0);
  });

  it('is tried nine times at most, however large the budget', async () => {
    const attempt = vi.fn(async () => {
      throw trouble();
    });
    await rejection(withRetries(attempt, { total: 60_000, attempt: 50, firstWait: 0 }));
    expect(attempt).toHaveBeenCalledTimes(9);
  });
});

describe('withRetries and what is left behind', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  beforeEach(() => void process.on('unhandledRejection', note));
  afterEach(() => void process.off('unhandledRejection', note));

  it('leaves no rejection unhandled and no listener on the caller’s signal', async () => {
    const caller = new AbortController();
    const add = vi.spyOn(caller.signal, 'addEventListener');
    const remove = vi.spyOn(caller.signal, 'removeEventListener');
    await rejection(
      withRetries(
        async () => {
          throw trouble();
        },
        BUDGET,
        { signal: caller.signal },
      ),
    );
    caller.abort();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(unhandled).toEqual([]);
    expect(add.mock.calls.length).toBe(remove.mock.calls.length);
  });
});
