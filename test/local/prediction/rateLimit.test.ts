import { afterEach, describe, expect, it } from 'vitest';
import { CLASSIFY, DETECT, type Parts, startParts } from './parts.ts';

const STORED = CLASSIFY.replace('/nostore', '');

let parts: Parts | undefined;
let time = 0;
afterEach(() => parts?.close());

async function start(tier: 'F0' | 'S0'): Promise<Parts> {
  time = 1_000_000;
  parts = await startParts({ tier, now: () => time });
  return parts;
}

/** The statuses of that many requests, one after another, all at the same time of the server's clock. */
async function statuses(requests: number, path = CLASSIFY): Promise<number[]> {
  const token = await parts?.identity.issue();
  const seen: number[] = [];
  for (let sent = 0; sent < requests; sent += 1) {
    const answer = await parts?.post({ path, ...(token ? { token } : {}) });
    seen.push(answer?.status ?? 0);
  }
  return seen;
}
const admitted = async (requests: number, path?: string) =>
  (await statuses(requests, path)).filter((status) => status === 200).length;

describe('the rate limit', () => {
  it.each([
    ['S0', 20, 10],
    ['F0', 2, 2],
  ] as const)('of %s lets %i a second pass without storing and %i with', async (tier, unstored, stored) => {
    await start(tier);
    expect([await admitted(22), await admitted(22, STORED)]).toEqual([unstored, stored]);
  });

  it('answers as the gateway does, with Retry-After, and does not ask the model', async () => {
    const { server, classifier, post } = await start('F0');
    server.rate.unstored = 0;
    const answer = await post();
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer).toMatchObject({
      status: 429,
      body: {
        error: {
          code: '429',
          message: expect.stringMatching(
            /ClassifyImageWithoutSaving Operation .* F0 pricing tier\. Please retry after 1 second\./,
          ),
        },
      },
    });
    expect(classifier.seen).toHaveLength(0);
    expect(server.requests).toMatchObject([{ status: 429, code: '429', attempt: 1 }]);
  });

  it('slides: a place is free again one second after it was taken, whatever was refused meanwhile', async () => {
    await start('F0');
    expect(await statuses(1)).toEqual([200]);
    time += 600;
    expect(await statuses(2)).toEqual([200, 429]);
    time += 399;
    expect(await statuses(1)).toEqual([429]);
    time += 1;
    expect(await statuses(2)).toEqual([200, 429]);
  });

  it('is shared by the operations that store alike', async () => {
    await start('F0');
    expect(await statuses(1, DETECT)).toEqual([200]);
    expect(await statuses(2, CLASSIFY)).toEqual([200, 429]);
  });

  it('lets a burst pass once, and again after a second of rest', async () => {
    const { server } = await start('F0');
    server.rate.burst = 3;
    expect(await admitted(8)).toBe(5);
    time += 500;
    expect(await admitted(1)).toBe(0);
    time += 1_000;
    expect(await admitted(8)).toBe(5);
  });

  it('gives no more than its places while an earlier burst leaves the window', async () => {
    const { server } = await start('F0');
    server.rate.burst = 3;
    expect(await admitted(2)).toBe(2);
    time += 500;
    expect(await admitted(8)).toBe(3);
    time += 501;
    expect(await admitted(8)).toBe(2);
    time += 500;
    expect(await admitted(8)).toBe(0);
  });

  it('forgets what it admitted when the server is reset', async () => {
    const { server } = await start('F0');
    expect(await admitted(3)).toBe(2);
    server.reset();
    expect(await admitted(3)).toBe(2);
  });

  it('can be lifted', async () => {
    const { server } = await start('F0');
    server.rate = { stored: Number.POSITIVE_INFINITY, unstored: Number.POSITIVE_INFINITY, burst: 0 };
    expect(await admitted(40)).toBe(40);
  });
});
