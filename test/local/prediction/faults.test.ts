import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFaults, type Fault } from '../../../local/faults.ts';
import { type Parts, startParts } from './parts.ts';

let parts: Parts;
beforeAll(async () => {
  parts = await startParts();
});
afterAll(() => parts.close());
beforeEach(() => parts.server.reset());

describe('a fault shown by a server', () => {
  it.each<[Fault, object]>([
    [503, { status: 503, body: { code: 'ErrorUnknown' } }],
    [429, { status: 429, body: { error: { code: '429' } } }],
    ['html', { status: 200, body: expect.stringContaining('<html>') }],
    ['empty', { status: 204, body: '' }],
    ['redirect', { status: 302 }],
    [
      { status: 418, body: 'short', contentType: 'text/plain' },
      { status: 418, body: 'short' },
    ],
  ])('%j is answered as asked, once', async (fault, expected) => {
    parts.server.faults.next(fault);
    expect(await parts.post()).toMatchObject(expected);
    expect((await parts.post()).status).toBe(200);
  });

  it('carries the headers it was given', async () => {
    parts.server.faults.next({ status: 503, headers: { 'retry-after': '7' } });
    expect((await parts.post()).headers.get('retry-after')).toBe('7');
  });

  it.each([
    ['reset', 'ECONNRESET'],
    ['close', 'UND_ERR_SOCKET'],
    ['truncated', 'UND_ERR_SOCKET'],
  ] as const)('%s breaks the connection', async (fault, code) => {
    parts.server.faults.next(fault);
    await expect(parts.post()).rejects.toMatchObject({ cause: { code } });
    expect(parts.server.requests).toMatchObject([{ status: fault, sha256: expect.any(String) }]);
  });

  it('hang never answers, and close() ends it all the same', async () => {
    const other = await startParts();
    other.server.faults.next('hang');
    const pending = other.post();
    const first = await Promise.race([
      pending,
      new Promise((resolve) => setTimeout(resolve, 200, 'still waiting')),
    ]);
    expect(first).toBe('still waiting');
    const ended = expect(pending).rejects.toThrow();
    await other.close();
    await ended;
  });

  it('stands for every request until it is taken back', async () => {
    parts.server.faults.always(500);
    parts.server.faults.next(404);
    expect((await parts.post()).status).toBe(404);
    expect((await parts.post()).status).toBe(500);
    expect((await parts.post()).status).toBe(500);
    parts.server.faults.always(undefined);
    expect((await parts.post()).status).toBe(200);
    expect(parts.server.faults.injected).toEqual({ '404': 1, '500': 2 });
  });

  it('waits the latency before an answer, and close() does not wait for it', async () => {
    parts.server.faults.latencyMs = 150;
    const start = performance.now();
    expect((await parts.post()).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(145);

    const other = await startParts();
    other.server.faults.latencyMs = 60_000;
    const pending = expect(other.post()).rejects.toThrow();
    while (other.server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await other.close();
    await pending;
  });
});

describe('a client that leaves', () => {
  it('is logged as gone, and the model is not asked', async () => {
    parts.server.faults.latencyMs = 60_000;
    const asked = parts.classifier.seen.length;
    await expect(parts.post({ signal: AbortSignal.timeout(100) })).rejects.toThrow(/timeout/);
    await vi.waitFor(() => expect(parts.server.requests).toMatchObject([{ status: 'gone' }]));
    expect(parts.classifier.seen.length).toBe(asked);
  });
});

describe('fault rates', () => {
  const drawn = (seed: number, requests = 2_000) => {
    const faults = createFaults();
    faults.rates({ '429': 0.2, '500': 0.05, hang: 0.02 }, seed);
    return { sequence: Array.from({ length: requests }, () => faults.draw()), counts: faults.injected };
  };

  it('are reproducible by seed and differ between seeds', () => {
    expect(drawn(7).sequence).toEqual(drawn(7).sequence);
    expect(drawn(7).sequence).not.toEqual(drawn(8).sequence);
  });

  it('come out about as asked, and are counted', () => {
    const { sequence, counts } = drawn(42);
    expect((counts['429'] ?? 0) / 2_000).toBeCloseTo(0.2, 1);
    expect((counts['500'] ?? 0) / 2_000).toBeCloseTo(0.05, 1);
    expect(counts.hang).toBe(sequence.filter((fault) => fault === 'hang').length);
    expect(sequence.filter((fault) => fault === undefined).length).toBeGreaterThan(1_300);
  });

  it('are refused when they are no shares or name no fault', () => {
    const faults = createFaults();
    expect(() => faults.rates({ '429': 0.9, '500': 0.2 }, 1)).toThrow(/at most 1/);
    expect(() => faults.rates({ '429': -0.1 }, 1)).toThrow(RangeError);
    expect(() => faults.rates({ flood: 0.1 }, 1)).toThrow(/'flood' is no fault/);
  });
});
