import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ErrorCode, errorBook, KeylessError } from '../../src/errors/errors.ts';
import { retryPassing } from '../../src/scoring/retryPassing.ts';
import { rejection } from '../support/secrets.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new AbortController().signal;
const fail = (code: ErrorCode) => new KeylessError(code, 'It went wrong.');
const PASSING: ErrorCode[] = ['IdentityEndpointFailing', 'StorageUnavailable'];
const LASTING = (Object.keys(errorBook) as ErrorCode[]).filter((code) => !PASSING.includes(code));

describe('patience', () => {
  it.each(PASSING)('is had with %s, until the work is done', async (code) => {
    const work = vi
      .fn(async () => 'done')
      .mockRejectedValueOnce(fail(code))
      .mockRejectedValueOnce(fail(code));
    const result = retryPassing(work, never);
    await vi.advanceTimersByTimeAsync(900);
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await result).toBe('done');
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('is had with nothing else: what waiting cannot mend, and what was waited out already', async () => {
    for (const error of [...LASTING.map(fail), new Error('odd'), new TypeError('a slip')]) {
      const work = vi.fn(async () => Promise.reject(error));
      expect(await rejection(retryPassing(work, never))).toBe(error);
      expect(work).toHaveBeenCalledTimes(1);
    }
  });

  it('ends after two minutes with the last fault, and waits no more than a quarter of a minute between', async () => {
    const times: number[] = [];
    let last: KeylessError | undefined;
    const work = async () => {
      times.push(performance.now());
      last = fail('StorageUnavailable');
      throw last;
    };
    const error = rejection(retryPassing(work, never));
    await vi.advanceTimersByTimeAsync(200_000);
    expect(await error).toBe(last);
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...waits)).toBeLessThanOrEqual(15_000);
    const total = (times.at(-1) ?? 0) - (times[0] ?? 0);
    expect(total).toBeGreaterThan(90_000);
    expect(total).toBeLessThanOrEqual(120_001);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with the signal at once, telling what went wrong and not that it was broken off', async () => {
    const ending = new AbortController();
    const fault = fail('IdentityEndpointFailing');
    const error = rejection(retryPassing(() => Promise.reject(fault), ending.signal));
    await vi.advanceTimersByTimeAsync(100);
    ending.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(await error).toBe(fault);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not begin once the signal has ended', async () => {
    const reason = fail('VisionTimeout');
    const work = vi.fn(async () => {});
    expect(await rejection(retryPassing(work, AbortSignal.abort(reason)))).toBe(reason);
    expect(work).not.toHaveBeenCalled();
  });
});
