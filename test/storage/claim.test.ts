import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { type Claim, claimPicture } from '../../src/storage/claim.ts';
import type { Containers } from '../../src/storage/containers.ts';
import { describeError } from '../../src/storage/document.ts';
import { readKept } from '../../src/storage/kept.ts';
import { type Scoring, startScoring } from '../support/scoring.ts';
import { rejection } from '../support/secrets.ts';

let scoring: Scoring;
let claims: Containers['claims'];
beforeAll(async () => {
  scoring = await startScoring();
  ({ claims } = await scoring.containers());
});
afterAll(() => scoring?.close());
afterEach(() => void vi.useRealTimers());

/** Of real time, whatever a test does to timers. */
const realTimeout = setTimeout;
const pause = (milliseconds: number) => new Promise((resolve) => realTimeout(resolve, milliseconds));

const FAULT = describeError(new KeylessError('VisionUnavailable', 'Äpfel: it answered 503.'));
const exists = (name: string) => claims.getBlobClient(name).exists();
/** As Azure does when the lease of a holder that died has run out. */
const expire = (name: string) => claims.getBlobClient(name).getBlobLeaseClient().breakLease(0);
/** A claim whose renewals come when the test says so. */
async function claimByHand(name: string, from = claims): Promise<{ claim: Claim; renew(): void }> {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const claim = await claimPicture(from, name, 0);
  return { claim, renew: () => void vi.advanceTimersByTime(10_000) };
}

describe('the claim on a picture', () => {
  it('makes its container, is held by one at a time, and leaves nothing when the work is done', async () => {
    const first = await claimPicture(claims, 'orchard/tree 7.jpg', 2_000);
    let free = false;
    const second = claimPicture(claims, 'orchard/tree 7.jpg', 5_000).then((claim) => {
      expect(free).toBe(true);
      return claim;
    });
    await pause(700);
    free = true;
    await first.release();
    expect((await second).waited).toBe(true);
    await (await second).release();
    expect(await exists('orchard/tree 7.jpg')).toBe(false);
  });

  it('does not keep pictures of other names waiting', async () => {
    const held = await Promise.all(
      ['a', 'a/b', 'a.jpg', 'A', '果物.jpg'].map((name) => claimPicture(claims, name, 0)),
    );
    expect(held.map(({ waited }) => waited)).toEqual([false, false, false, false, false]);
    await Promise.all(held.map((claim) => claim.release()));
  });

  it('is never held by two of many that ask at once', async () => {
    let holders = 0;
    const turns = Array.from({ length: 5 }, async () => {
      const claim = await claimPicture(claims, 'many.jpg', 15_000);
      holders += 1;
      expect(holders).toBe(1);
      await pause(20);
      holders -= 1;
      await claim.release();
      return claim.waited;
    });
    expect((await Promise.all(turns)).filter((waited) => !waited)).toHaveLength(1);
  });

  it('is refused with PictureBusy when the wait is over', async () => {
    const claim = await claimPicture(claims, 'busy.jpg', 0);
    expect(await rejection(claimPicture(claims, 'busy.jpg', 0))).toMatchObject({
      code: 'PictureBusy',
      message: expect.stringContaining('busy.jpg'),
    });
    await claim.release();
  });

  it('is no longer waited for once the signal ends', async () => {
    const claim = await claimPicture(claims, 'ending.jpg', 0);
    const ending = new AbortController();
    const waiting = rejection(claimPicture(claims, 'ending.jpg', 60_000, ending.signal));
    setTimeout(() => ending.abort(), 100);
    const started = performance.now();
    expect(await waiting).toMatchObject({ code: 'PictureBusy', cause: { name: 'AbortError' } });
    expect(performance.now() - started).toBeLessThan(2_000);
    await claim.release();
  });

  it('left behind by a crash is taken over once its lease has run out', async () => {
    const { claim: crashed } = await claimByHand('crashed.jpg');
    expect(await rejection(claimPicture(claims, 'crashed.jpg', 0))).toMatchObject({ code: 'PictureBusy' });
    await expire('crashed.jpg');
    const next = await claimPicture(claims, 'crashed.jpg', 0);
    expect(next.waited).toBe(false);
    await crashed.release(FAULT); // it lives after all: neither the claim nor its fault is touched
    expect(await exists('crashed.jpg')).toBe(true);
    expect((await readKept(claims, 'crashed.jpg'))?.fault).toBeUndefined();
    await next.release();
    expect(await exists('crashed.jpg')).toBe(false);
  });

  it('is never taken on, written over or deleted where a blob lies that is no claim', async () => {
    for (const [name, metadata] of [
      ['photo.jpg', {}],
      ['other.jpg', { keyless: 'something else' }],
    ] as const) {
      await claims.getBlockBlobClient(name).upload('pixels', 6, { metadata });
      expect(await rejection(claimPicture(claims, name, 0))).toMatchObject({
        code: 'BlobNotOurs',
        message: expect.stringContaining(`${claims.containerName}/${name}`),
      });
      const { leaseState, contentLength } = await claims.getBlobClient(name).getProperties();
      expect([leaseState, contentLength]).toEqual(['available', 6]);
      expect(await readKept(claims, name)).toBeUndefined();
    }
  });

  it('counts its lease from when it was asked for: an answer that was long under way leaves less time', async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    const { claims: slow } = await scoring.containers(async ({ method }) => {
      if (method === 'PUT') now += 9_000; // of the request for the blob, and of that for its lease
      return undefined;
    });
    const claim = await claimPicture(slow, 'slow.jpg', 0);
    vi.advanceTimersByTime(6_900);
    expect(claim.lost.aborted).toBe(false);
    vi.advanceTimersByTime(200);
    expect(claim.lost.aborted).toBe(true);
    vi.restoreAllMocks();
  });

  it('says so at the next renewal when another took it', async () => {
    const { claim, renew } = await claimByHand('taken.jpg');
    renew();
    await pause(100);
    expect(claim.lost.aborted).toBe(false);
    await expire('taken.jpg');
    const next = await claimPicture(claims, 'taken.jpg', 0);
    renew();
    await vi.waitFor(() => expect(claim.lost.aborted).toBe(true), 2_000);
    expect(claim.lost.reason).toMatchObject({ code: 'PictureBusy' });
    await claim.release();
    await next.release();
  });

  it('counts as lost before its lease ends when storage no longer answers, and not while it does', async () => {
    let silent = false;
    const { claims: watched } = await scoring.containers(() =>
      silent ? new Promise<never>(() => {}) : Promise.resolve(undefined),
    );
    vi.useFakeTimers({
      toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'],
    });
    const claim = await claimPicture(watched, 'silent.jpg', 0);
    for (let renewals = 0; renewals < 4; renewals += 1) {
      vi.advanceTimersByTime(10_000);
      await pause(100);
    }
    expect(claim.lost.aborted).toBe(false);
    silent = true;
    vi.advanceTimersByTime(20_000);
    expect(claim.lost.aborted).toBe(false);
    vi.advanceTimersByTime(9_000);
    expect(claim.lost.aborted).toBe(true);
    vi.useRealTimers();
    silent = false;
  });
});

describe('the last fault', () => {
  it('is what the picture was handed back with, and is gone once the work is done', async () => {
    const claim = await claimPicture(claims, 'fault.jpg', 0);
    expect((await readKept(claims, 'fault.jpg'))?.fault).toBeUndefined();
    await claim.release({ ...FAULT, pictureEtag: '0x1' });
    expect((await readKept(claims, 'fault.jpg'))?.fault).toEqual({
      ...FAULT,
      pictureEtag: '0x1',
      at: expect.stringMatching(/^\d{4}-.+Z$/u),
    });
    const again = await claimPicture(claims, 'fault.jpg', 0);
    expect(again.waited).toBe(false);
    expect((await readKept(claims, 'fault.jpg'))?.fault).toMatchObject(FAULT);
    await again.release();
    expect((await readKept(claims, 'fault.jpg'))?.fault).toBeUndefined();
  });

  it('of a picture that was never handed back is not known', async () => {
    expect((await readKept(claims, 'nobody.jpg'))?.fault).toBeUndefined();
  });

  it('is never shown as unknown because storage has trouble', async () => {
    const { claims: troubled } = await scoring.containers(async () => 503);
    expect(await rejection(readKept(troubled, 'fault.jpg'))).toMatchObject({
      code: 'StorageUnavailable',
    });
    expect(await rejection(claimPicture(troubled, 'fault.jpg', 0))).toMatchObject({
      code: 'StorageUnavailable',
    });
  });

  it('cannot be left while storage has trouble, and nothing is thrown for it', async () => {
    let trouble = false;
    const { claims: troubled } = await scoring.containers(async () => (trouble ? 503 : undefined));
    const claim = await claimPicture(troubled, 'trouble.jpg', 0);
    trouble = true;
    await claim.release(FAULT);
    expect((await readKept(claims, 'trouble.jpg'))?.fault).toBeUndefined();
  });
});
