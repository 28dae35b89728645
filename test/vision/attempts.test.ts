import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../local/faults.ts';
import { ERROR_CODES } from '../../local/prediction/refusal.ts';
import { createCredential } from '../../src/identity/credential.ts';
import type { Budget } from '../../src/prediction.ts';
import { picture } from '../local/prediction/parts.ts';
import { expectNoToken, rejection } from '../support/secrets.ts';
import { clientOf, oneToken, QUICK, startVisionParts, type VisionParts } from '../support/visionParts.ts';

let parts: VisionParts;
beforeAll(async () => {
  parts = await startVisionParts();
});
afterAll(() => parts.close());
beforeEach(() => {
  parts.server.reset();
  parts.identity.reset();
});

const predict = (budget: Budget = QUICK, signal?: AbortSignal) =>
  parts.client.predict(parts.model(), { bytes: picture() }, budget, signal ? { signal } : {});
/** What a promise ends with, and after how many milliseconds. */
async function timed<T>(promise: Promise<T>): Promise<{ outcome: T | unknown; took: number }> {
  const started = performance.now();
  const outcome = await promise.catch((error: unknown) => error);
  return { outcome, took: performance.now() - started };
}

describe('what trying again can mend', () => {
  it.each<Fault>([500, 502, 503, 504, 408, 'reset', 'close', 'truncated', 'html', 'empty'])(
    'is tried again after %s, and succeeds',
    async (fault) => {
      parts.server.faults.next(fault, fault);
      expect(await predict()).toMatchObject({ attempts: 3, value: { predictions: [{ tagName: 'pear' }] } });
      expect(parts.server.requests).toHaveLength(3);
    },
  );

  it('is tried again after 429, but not before the time in Retry-After', async () => {
    parts.server.faults.next({ status: 429, headers: { 'retry-after': '2' } });
    const { outcome, took } = await timed(predict());
    expect(outcome).toMatchObject({ attempts: 2 });
    expect(took).toBeGreaterThanOrEqual(1_950);
  });

  it('waits a second after 429 without Retry-After', async () => {
    parts.server.faults.next(429);
    const { outcome, took } = await timed(predict());
    expect(outcome).toMatchObject({ attempts: 2 });
    expect(took).toBeGreaterThanOrEqual(950);
    expect(took).toBeLessThan(1_900);
  });

  it('reads a Retry-After that is a date', async () => {
    const date = new Date(Date.now() + 120_000).toUTCString();
    parts.server.faults.next({ status: 503, headers: { 'retry-after': date } });
    const { outcome, took } = await timed(predict());
    expect(outcome).toMatchObject({ code: 'VisionUnavailable', attempts: 1 });
    expect((outcome as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThan(100);
    expect(took).toBeLessThan(500);
  });

  it('is given up at once when Retry-After is longer than the budget, and tells the caller how long', async () => {
    parts.server.faults.always({ status: 429, headers: { 'retry-after': '60' } });
    const { outcome, took } = await timed(predict());
    expect(outcome).toMatchObject({ code: 'RateLimited', retryAfterSeconds: 60, attempts: 1 });
    expect(took).toBeLessThan(500);
  });

  it('is tried no longer than the budget, and tells how often', async () => {
    parts.server.faults.always(503);
    const { outcome, took } = await timed(predict({ total: 800, attempt: 300, firstWait: 50 }));
    expect(took).toBeLessThan(1_100);
    expect(outcome).toMatchObject({ code: 'VisionUnavailable', attempts: parts.server.requests.length });
    expect(parts.server.requests.length).toBeGreaterThan(1);
    expect(String(outcome)).toContain(`(${parts.server.requests.length} attempts)`);
    expectNoToken(outcome);
  });

  it('is cut when an attempt hangs, and tried again', async () => {
    parts.server.faults.next('hang');
    const { outcome, took } = await timed(predict({ total: 4_000, attempt: 250, firstWait: 5 }));
    expect(outcome).toMatchObject({ attempts: 2 });
    expect(took).toBeGreaterThanOrEqual(240);
    expect(took).toBeLessThan(2_000);
    await vi.waitFor(() => expect(parts.server.requests[0]).toMatchObject({ status: 'hang' }));
  });

  it('ends as a timeout when every attempt hangs', async () => {
    parts.server.faults.always('hang');
    const { outcome, took } = await timed(predict({ total: 600, attempt: 250, firstWait: 5 }));
    expect(outcome).toMatchObject({ code: 'VisionTimeout' });
    expect(took).toBeLessThan(1_000);
    expectNoToken(outcome);
  });

  it('cuts an answer that is slower than the attempt’s time', async () => {
    parts.server.faults.latencyMs = 5_000;
    const { outcome, took } = await timed(predict({ total: 300, attempt: 200, firstWait: 200 }));
    expect(outcome).toMatchObject({ code: 'VisionTimeout', attempts: 1 });
    expect(took).toBeLessThan(1_000);
  });
});

describe('what trying again cannot mend', () => {
  const predictOnce = () => clientOf(oneToken()).predict(parts.model(), { bytes: picture() }, QUICK);

  it('is asked for once: of all service codes only those of a passing trouble are asked for again', async () => {
    const askedAgain: string[] = [];
    for (const code of ERROR_CODES) {
      parts.server.reset();
      parts.server.answerNext(code);
      const outcome: { attempts?: unknown } = await predictOnce().catch((error) => error);
      expect(outcome.attempts).toBe(parts.server.requests.length);
      if (parts.server.requests.length > 1) askedAgain.push(code);
    }
    expect(askedAgain.toSorted()).toEqual([
      '429',
      'ErrorFeaturizationQueueTimeout',
      'ErrorFeaturizationServiceUnavailable',
      'ErrorInvalid',
      'ErrorPrediction',
      'ErrorPredictionModelNotCached',
      'ErrorPredictionServiceUnavailable',
      'ErrorPredictionStorage',
      'ErrorUnknown',
    ]);
  });

  it.each([
    'PermissionDenied',
    'Unauthorized',
    'NotFoundIteration',
    '403',
    'BadRequestExceededQuota',
  ] as const)('%s is reported at once', async (code) => {
    parts.server.answerNext(code);
    const { outcome, took } = await timed(predictOnce());
    expect(outcome).toMatchObject({ attempts: 1, transient: false });
    expect(parts.server.requests).toHaveLength(1);
    expect(took).toBeLessThan(500);
  });
});

describe('a caller who gives up', () => {
  it.each([
    ['while an attempt hangs', () => parts.server.faults.always('hang')],
    ['while it waits for the next attempt', () => parts.server.faults.always(503)],
    [
      'while Retry-After passes',
      () => parts.server.faults.always({ status: 429, headers: { 'retry-after': '30' } }),
    ],
  ])('%s ends the call at once', async (_, arrange) => {
    arrange();
    const budget = { total: 60_000, attempt: 30_000, firstWait: 8_000 };
    const { outcome, took } = await timed(predict(budget, AbortSignal.timeout(200)));
    expect(outcome).toMatchObject({ code: 'VisionTimeout', message: expect.stringContaining('given up') });
    expect(took).toBeLessThan(1_000);
    expect(parts.server.requests).toHaveLength(1);
  });

  it('before the first attempt sends nothing', async () => {
    expect(await rejection(predict(QUICK, AbortSignal.abort()))).toMatchObject({
      code: 'VisionTimeout',
      attempts: 0,
    });
    expect(parts.server.requests).toHaveLength(0);
  });
});

describe('a token that cannot be had', () => {
  const stranger = () =>
    clientOf(createCredential({ kind: 'clientId', id: '00000000-0000-0000-0000-000000000009' }));

  it('is reported as what it is, after one token request and no prediction', async () => {
    const error = await rejection(stranger().predict(parts.model(), { bytes: picture() }, QUICK));
    expect(error).toMatchObject({ code: 'IdentityRefused', attempts: 1 });
    expect(parts.identity.requests).toHaveLength(1);
    expect(parts.server.requests).toHaveLength(0);
  });

  it('is asked for again while the endpoint fails, until it answers', async () => {
    parts.identity.faults.next(429, 429);
    const client = clientOf(
      createCredential({ kind: 'clientId', id: parts.identity.identities[1]?.clientId ?? '' }),
    );
    expect(await client.predict(parts.model(), { bytes: picture() }, QUICK)).toMatchObject({ attempts: 3 });
  });
});
