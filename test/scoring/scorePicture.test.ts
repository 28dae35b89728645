import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AskModel } from '../../src/prediction.ts';
import { scorePicture } from '../../src/scoring/scorePicture.ts';
import { claimPicture } from '../../src/storage/claim.ts';
import { readKept } from '../../src/storage/kept.ts';
import { findDocument } from '../../src/storage/store.ts';
import { onceAt, type Scoring, startScoring, type Watch } from '../support/scoring.ts';
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
/** Ends when the prediction server has got its next call. */
async function called(): Promise<void> {
  const before = paid();
  while (paid() === before) await new Promise((resolve) => setTimeout(resolve, 5));
}
const claimLeft = async (name: string) => (await scoring.containers()).claims.getBlobClient(name).exists();
describe('a picture', () => {
  it('is paid for once, however often its event comes', async () => {
    const bytes = await scoring.dropFresh('once.jpg');
    const parts = await scoring.parts();
    expect(await scorePicture(parts, 'once.jpg', { handed: bytes })).toMatchObject({ kind: 'written' });
    for (let again = 0; again < 3; again += 1)
      expect(await scorePicture(parts, 'once.jpg')).toEqual({ kind: 'already done' });
    expect(paid()).toBe(1);
    expect(await claimLeft('once.jpg')).toBe(false);
  });

  it('that was changed is scored anew', async () => {
    await scoring.dropFresh('changed.jpg');
    await scorePicture(await scoring.parts(), 'changed.jpg');
    const bytes = await scoring.dropFresh('changed.jpg');
    expect(await scorePicture(await scoring.parts(), 'changed.jpg')).toMatchObject({ kind: 'written' });
    expect((await scoring.documentOf('changed.jpg')).image.sha256).toBe(sha(bytes));
  });

  it('of a changed model is scored anew, and of the former one again when that comes back', async () => {
    await scoring.dropFresh('model.jpg');
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
    await scoring.dropFresh('foreign.jpg');
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
    await scoring.dropFresh('going.jpg');
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
    await scoring.dropFresh('back.jpg');
    const { images } = await scoring.containers();
    let bytes: Buffer | undefined;
    const watch = onceAt('PUT', '/predictions/back.jpg.json', async () => {
      await images.getBlobClient('back.jpg').delete();
      bytes = await scoring.dropFresh('back.jpg');
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

  it('is looked at and looked for its document at one time', async () => {
    await scoring.dropFresh('both-at-once.jpg');
    const met = Promise.withResolvers<void>();
    let left = 2; // neither goes on its way before the other
    const watch: Watch = async ({ method }) => {
      if (method !== 'HEAD') return undefined;
      left -= 1;
      if (left === 0) met.resolve();
      await met.promise;
      return undefined;
    };
    expect(await scorePicture(await scoring.parts({ watch }), 'both-at-once.jpg')).toMatchObject({
      kind: 'written',
    });
  });

  it('that is gone is gone, whatever is wrong with the place of its document', async () => {
    const watch: Watch = async ({ path }) =>
      path.startsWith('/predictions/') ? '409 BlobArchived' : undefined;
    expect(await scorePicture(await scoring.parts({ watch }), 'gone.jpg')).toEqual({ kind: 'gone' });
  });

  it('with a failed document is left at that, unless it is to be tried again', async () => {
    scoring.vision.server.answerNext('NotFoundIteration');
    await scoring.dropFresh('failed.jpg');
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
    await scoring.dropFresh('nobody.jpg');
    const parts = await scoring.parts({ models: [scoring.vision.model({ paths: ['fruit/**'] })] });
    expect(await scorePicture(parts, 'nobody.jpg')).toMatchObject({
      document: { error: { code: 'ModelUnknown' } },
    });
    expect(await scorePicture(parts, 'nobody.jpg')).toEqual({ kind: 'already done' });
  });

  it('is waited for within its budget when the service says 429', async () => {
    await scoring.dropFresh('limited.jpg');
    scoring.vision.server.faults.next({ status: 429, headers: { 'retry-after': '1' } });
    expect(await scorePicture(await scoring.parts(), 'limited.jpg')).toMatchObject({
      document: { results: [{ attempts: 2, failedAttempts: [{ code: 'RateLimited' }] }] },
    });
  });
});

describe('a document', () => {
  it('deleted while its picture is scored anew is written all the same', async () => {
    await scoring.dropFresh('deleted.jpg');
    await scorePicture(await scoring.parts(), 'deleted.jpg');
    const bytes = await scoring.dropFresh('deleted.jpg');
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
    await scoring.dropFresh('patient.jpg');
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
    await scoring.dropFresh('storm.jpg');
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
    await scoring.dropFresh('fault.jpg');
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
    await scoring.dropFresh('ending.jpg');
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
    await scoring.dropFresh('handed back.jpg');
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
