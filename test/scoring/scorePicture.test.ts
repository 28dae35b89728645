import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AskModel } from '../../src/prediction.ts';
import { scorePicture } from '../../src/scoring/scorePicture.ts';
import { claimPicture } from '../../src/storage/claim.ts';
import { readKept } from '../../src/storage/kept.ts';
import { findDocument } from '../../src/storage/store.ts';
import { freshPicture, type Scoring, startScoring, type Watch } from '../support/scoring.ts';
import { rejection } from '../support/secrets.ts';
import { ONCE } from '../support/visionParts.ts';

let scoring: Scoring;
beforeAll(async () => {
  scoring = await startScoring();
});
afterAll(() => scoring?.close());
beforeEach(() => scoring.vision.server.reset());

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const paid = () => scoring.vision.server.requests.length;
async function drop(name: string): Promise<Buffer> {
  const bytes = freshPicture();
  await scoring.storage.drop(name, bytes);
  return bytes;
}
/** Ends when the prediction server has got its next call. */
async function called(): Promise<void> {
  const before = paid();
  while (paid() === before) await new Promise((resolve) => setTimeout(resolve, 5));
}
const claimLeft = async (name: string) => (await scoring.containers()).claims.getBlobClient(name).exists();
/** Runs `act` once, when the first request to this path with this method comes by. */
function onceAt(method: string, path: string, act: () => Promise<unknown>): Watch {
  let done = false;
  return async (request) => {
    if (done || request.method !== method || request.path !== path) return undefined;
    done = true;
    await act();
    return undefined;
  };
}

describe('a picture', () => {
  it('is paid for once, however often its event comes', async () => {
    const bytes = await drop('once.jpg');
    const parts = await scoring.parts();
    expect(await scorePicture(parts, 'once.jpg', { handed: bytes })).toMatchObject({ kind: 'written' });
    for (let again = 0; again < 3; again += 1)
      expect(await scorePicture(parts, 'once.jpg')).toEqual({ kind: 'already done' });
    expect(paid()).toBe(1);
    expect(await claimLeft('once.jpg')).toBe(false);
  });

  it('that was changed is scored anew', async () => {
    await drop('changed.jpg');
    await scorePicture(await scoring.parts(), 'changed.jpg');
    const bytes = await drop('changed.jpg');
    expect(await scorePicture(await scoring.parts(), 'changed.jpg')).toMatchObject({ kind: 'written' });
    expect((await scoring.documentOf('changed.jpg')).image.sha256).toBe(sha(bytes));
  });

  it('of a changed model is scored anew, and of the former one again when that comes back', async () => {
    await drop('model.jpg');
    const now = await scoring.parts();
    const other = { ...now, models: [scoring.vision.model({ task: 'detect' })] };
    const kinds = [];
    for (const parts of [now, other, other, now]) kinds.push((await scorePicture(parts, 'model.jpg')).kind);
    expect(kinds).toEqual(['written', 'written', 'already done', 'written']);
    expect(scoring.vision.server.requests.map(({ publishedName }) => publishedName)).toEqual([
      'fruit',
      'fruit boxes',
      'fruit',
    ]);
  });

  it('in whose document’s place lies somebody else’s blob is told and not paid for, and that blob is left', async () => {
    await drop('foreign.jpg');
    const { predictions } = await scoring.containers();
    await predictions.getBlockBlobClient('foreign.jpg.json').upload('{}', 2);
    expect(await scorePicture(await scoring.parts(), 'foreign.jpg')).toMatchObject({
      kind: 'blocked',
      error: { code: 'BlobNotOurs', message: expect.stringContaining('predictions/foreign.jpg.json') },
    });
    expect(await scoring.storage.document('foreign.jpg')).toBe('{}');
    expect(paid()).toBe(0);
  });

  it.each([
    ['asked about', 'POST', ''],
    ['written into its document', 'PUT', '/predictions/going.jpg.json'],
  ])('that is deleted while it is %s leaves no document', async (_, method, path) => {
    await drop('going.jpg');
    const { images } = await scoring.containers();
    const remove = () => images.getBlobClient('going.jpg').delete();
    const watch = onceAt(method, path, remove);
    const parts = await scoring.parts({ watch });
    const ask: AskModel = async (...call) => {
      if (!path) await remove();
      return parts.ask(...call);
    };
    expect(await scorePicture({ ...parts, ask }, 'going.jpg')).toEqual({ kind: 'gone' });
    expect(await scoring.storage.document('going.jpg')).toBeUndefined();
    expect(await claimLeft('going.jpg')).toBe(false);
  });

  it('that is deleted while its failed document is written leaves none', async () => {
    await scoring.storage.drop('going-wrong.jpg', Buffer.from('no picture'));
    const { images } = await scoring.containers();
    const watch = onceAt('PUT', '/predictions/going-wrong.jpg.json', () =>
      images.getBlobClient('going-wrong.jpg').delete(),
    );
    expect(await scorePicture(await scoring.parts({ watch }), 'going-wrong.jpg')).toEqual({ kind: 'gone' });
    expect(await scoring.storage.document('going-wrong.jpg')).toBeUndefined();
  });

  it('that is deleted and dropped again meanwhile keeps the document of what lies there now', async () => {
    await drop('back.jpg');
    const { images } = await scoring.containers();
    let bytes: Buffer | undefined;
    const watch = onceAt('PUT', '/predictions/back.jpg.json', async () => {
      await images.getBlobClient('back.jpg').delete();
      bytes = await drop('back.jpg');
    });
    await scorePicture(await scoring.parts({ watch }), 'back.jpg');
    await scorePicture(await scoring.parts(), 'back.jpg');
    expect((await scoring.documentOf('back.jpg')).image.sha256).toBe(bytes && sha(bytes));
  });

  it('that is gone costs nothing and leaves nothing', async () => {
    expect(await scorePicture(await scoring.parts(), 'gone.jpg')).toEqual({ kind: 'gone' });
    expect(await claimLeft('gone.jpg')).toBe(false);
    expect(paid()).toBe(0);
  });

  it('with a failed document is left at that, unless it is to be tried again', async () => {
    scoring.vision.server.answerNext('NotFoundIteration');
    await drop('failed.jpg');
    const parts = await scoring.parts();
    expect(await scorePicture(parts, 'failed.jpg')).toMatchObject({ document: { status: 'failed' } });
    expect(await scorePicture(parts, 'failed.jpg')).toEqual({ kind: 'already done' });
    const again = { failedAgain: true };
    expect(await scorePicture(parts, 'failed.jpg', again)).toMatchObject({
      document: { status: 'succeeded' },
    });
    expect(await scorePicture(parts, 'failed.jpg', again)).toEqual({ kind: 'already done' });
    expect(paid()).toBe(2);
  });

  it('that no model wants gets its failed document once', async () => {
    await drop('nobody.jpg');
    const parts = await scoring.parts({ models: [scoring.vision.model({ paths: ['fruit/**'] })] });
    expect(await scorePicture(parts, 'nobody.jpg')).toMatchObject({
      document: { error: { code: 'ModelUnknown' } },
    });
    expect(await scorePicture(parts, 'nobody.jpg')).toEqual({ kind: 'already done' });
  });

  it('is waited for within its budget when the service says 429', async () => {
    await drop('limited.jpg');
    scoring.vision.server.faults.next({ status: 429, headers: { 'retry-after': '1' } });
    expect(await scorePicture(await scoring.parts(), 'limited.jpg')).toMatchObject({
      document: { results: [{ attempts: 2, failedAttempts: [{ code: 'RateLimited' }] }] },
    });
  });
});

describe('two instances with one picture', () => {
  it('pay once: one writes, the other notices', async () => {
    scoring.vision.server.faults.latencyMs = 200;
    await drop('raced.jpg');
    const instances = await Promise.all([scoring.parts(), scoring.parts(), scoring.parts()]);
    const outcomes = await Promise.all(instances.map((parts) => scorePicture(parts, 'raced.jpg')));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['already done', 'already done', 'written']);
    expect(paid()).toBe(1);
  });

  it('do not write over what is newer with what one of them read long ago', async () => {
    await drop('stale.jpg');
    let newest: Buffer = Buffer.alloc(0);
    // it has read the picture, and before it claims, the picture is changed and scored by another
    const watch = onceAt('PUT', '/predictions-claims/stale.jpg', async () => {
      newest = await drop('stale.jpg');
      await scorePicture(await scoring.parts(), 'stale.jpg');
    });
    await scorePicture(await scoring.parts(), 'before.jpg'); // a document, so that its container is there
    const outcome = await scorePicture(await scoring.parts({ watch }), 'stale.jpg');
    expect((await scoring.documentOf('stale.jpg')).image.sha256).toBe(sha(newest));
    expect(outcome).toEqual({ kind: 'already done' });
    expect(paid()).toBe(1);
  });

  it('leave the document of the picture as it is now, when it is changed while it is scored', async () => {
    scoring.vision.server.faults.latencyMs = 200;
    await drop('during.jpg');
    const first = scorePicture(await scoring.parts(), 'during.jpg');
    await called();
    const bytes = await drop('during.jpg');
    const second = scorePicture(await scoring.parts(), 'during.jpg', { handed: bytes });
    expect([(await first).kind, (await second).kind]).toEqual(['written', 'written']);
    expect((await scoring.documentOf('during.jpg')).image.sha256).toBe(sha(bytes));
    expect(paid()).toBe(2);
  });

  it('do not undo each other when one lost its claim unawares', async () => {
    await drop('unaware.jpg');
    const { claims } = await scoring.containers();
    let bytes: Buffer = Buffer.alloc(0);
    // it slept, say, from its prediction until its write, longer than its lease
    const watch = onceAt('PUT', '/predictions/unaware.jpg.json', async () => {
      await claims.getBlobClient('unaware.jpg').getBlobLeaseClient().breakLease(0);
      bytes = await drop('unaware.jpg');
      expect(await scorePicture(await scoring.parts(), 'unaware.jpg')).toMatchObject({ kind: 'written' });
    });
    expect(await scorePicture(await scoring.parts({ watch }), 'unaware.jpg')).toEqual({ kind: 'superseded' });
    expect((await scoring.documentOf('unaware.jpg')).image.sha256).toBe(sha(bytes));
    expect(paid()).toBe(2);
  });

  it('agree on one document when both had the claim and the same content', async () => {
    await drop('both.jpg');
    const { claims } = await scoring.containers();
    const watch = onceAt('PUT', '/predictions/both.jpg.json', async () => {
      await claims.getBlobClient('both.jpg').getBlobLeaseClient().breakLease(0);
      await scorePicture(await scoring.parts(), 'both.jpg');
    });
    expect(await scorePicture(await scoring.parts({ watch }), 'both.jpg')).toEqual({ kind: 'already done' });
    expect(paid()).toBe(2); // a crash, or a sleep beyond the lease, costs one call more
  });
});

describe('a document', () => {
  it('deleted while its picture is scored anew is written all the same', async () => {
    await drop('deleted.jpg');
    await scorePicture(await scoring.parts(), 'deleted.jpg');
    const bytes = await drop('deleted.jpg');
    const { predictions } = await scoring.containers();
    const watch = onceAt('PUT', '/predictions/deleted.jpg.json', async () => {
      await predictions.getBlobClient('deleted.jpg.json').delete();
    });
    expect(await scorePicture(await scoring.parts({ watch }), 'deleted.jpg')).toMatchObject({
      kind: 'written',
    });
    expect((await scoring.documentOf('deleted.jpg')).image.sha256).toBe(sha(bytes));
  });

  it('that storage does not take for a while is kept, and not paid for again', async () => {
    await drop('patient.jpg');
    let refused = 0;
    const watch: Watch = async ({ method, path }) => {
      if (method !== 'PUT' || path !== '/predictions/patient.jpg.json' || refused === 2) return undefined;
      refused += 1;
      return 503;
    };
    expect(await scorePicture(await scoring.parts({ watch }), 'patient.jpg')).toMatchObject({
      kind: 'written',
    });
    expect([refused, paid()]).toEqual([2, 1]);
  });

  it('that others write again and again is left to the next attempt', async () => {
    await drop('storm.jpg');
    const { predictions } = await scoring.containers();
    let writes = 0;
    const watch: Watch = async ({ method, path }) => {
      if (method !== 'PUT' || path !== '/predictions/storm.jpg.json') return undefined;
      writes += 1;
      const metadata = { pictureetag: 'another', models: 'others', status: 'succeeded' };
      await predictions.getBlockBlobClient('storm.jpg.json').upload('{}', 2, { metadata });
      return undefined;
    };
    const error = await rejection(scorePicture(await scoring.parts({ watch }), 'storm.jpg'));
    expect(error).toMatchObject({ code: 'PictureBusy' });
    expect(writes).toBeLessThanOrEqual(10);
    expect(paid()).toBe(1);
  });
});

describe('a fault', () => {
  it('that may pass leaves its reason and its content with the claim, and no document', async () => {
    await drop('fault.jpg');
    scoring.vision.server.faults.always(503);
    const parts = await scoring.parts({ budget: ONCE });
    expect(await rejection(scorePicture(parts, 'fault.jpg'))).toMatchObject({ code: 'VisionUnavailable' });
    expect(await findDocument(parts.containers.predictions, 'fault.jpg')).toBeUndefined();
    const { etag = '' } = await parts.containers.images.getBlobClient('fault.jpg').getProperties();
    expect((await readKept(parts.containers.claims, 'fault.jpg'))?.fault).toMatchObject({
      code: 'VisionUnavailable',
      pictureEtag: etag.replaceAll('"', ''),
    });
    scoring.vision.server.reset();
    const started = performance.now();
    expect(await scorePicture(await scoring.parts(), 'fault.jpg')).toMatchObject({ kind: 'written' });
    expect(performance.now() - started).toBeLessThan(2_000); // the claim was given back, not left to run out
    expect(await claimLeft('fault.jpg')).toBe(false);
  });

  it('of a second instance that waits ends with the signal, and the first one goes on', async () => {
    await drop('ending.jpg');
    const { claims } = await scoring.containers();
    const claim = await claimPicture(claims, 'ending.jpg', 0);
    const started = performance.now();
    const parts = await scoring.parts({ signal: AbortSignal.timeout(100) });
    expect(await rejection(scorePicture(parts, 'ending.jpg'))).toMatchObject({ code: 'PictureBusy' });
    expect(performance.now() - started).toBeLessThan(2_000);
    await claim.release();
    expect(paid()).toBe(0);
  });

  it('that the signal brings is handed back at once', async () => {
    await drop('handed back.jpg');
    scoring.vision.server.faults.always('hang');
    const ending = new AbortController();
    const working = rejection(
      scorePicture(await scoring.parts({ signal: ending.signal }), 'handed back.jpg'),
    );
    await called();
    const started = performance.now();
    ending.abort();
    expect(await working).toMatchObject({ code: 'VisionTimeout' });
    expect(performance.now() - started).toBeLessThan(800);
    scoring.vision.server.reset();
    expect(await scorePicture(await scoring.parts(), 'handed back.jpg')).toMatchObject({ kind: 'written' });
  });
});
