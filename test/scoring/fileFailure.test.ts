import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { fileFailure } from '../../src/scoring/fileFailure.ts';
import { scorePicture } from '../../src/scoring/scorePicture.ts';
import type { Model } from '../../src/settings/settings.ts';
import { claimPicture } from '../../src/storage/claim.ts';
import type { Containers } from '../../src/storage/containers.ts';
import { describeError } from '../../src/storage/document.ts';
import { readKept } from '../../src/storage/kept.ts';
import { type Scoring, startScoring } from '../support/scoring.ts';
import { rejection } from '../support/secrets.ts';

let scoring: Scoring;
let containers: Containers;
let models: Model[];
beforeAll(async () => {
  scoring = await startScoring();
  containers = await scoring.containers();
  models = [scoring.vision.model({ paths: ['**/*.jpg', '*.jpg'] })];
});
afterAll(() => scoring?.close());
beforeEach(() => scoring.vision.server.reset());

const REASON = describeError(new KeylessError('VisionUnavailable', 'It answered 503.', { attempts: 5 }));
const etagOf = async (name: string) =>
  (await containers.images.getBlobClient(name).getProperties()).etag ?? '';
const file = (name: string, own = {}, at = containers) =>
  fileFailure({ containers: at, models }, name, { ...REASON, ...own });

describe('a picture that was given up', () => {
  it('gets a failed document with the reason, of what lies there, once', async () => {
    await scoring.dropFresh('given up.jpg');
    expect(await file('given up.jpg', { at: 'yesterday' })).toBe('filed');
    expect(await scoring.documentOf('given up.jpg')).toEqual({
      status: 'failed',
      image: { name: 'given up.jpg', container: 'images', etag: await etagOf('given up.jpg') },
      results: [],
      error: REASON,
      completedAt: expect.any(String),
    });
    expect(await file('given up.jpg')).toBe('already done');
    expect(await containers.claims.getBlobClient('given up.jpg').exists()).toBe(false);
  });

  it('and whose document is current by now keeps that', async () => {
    await scoring.dropFresh('done.jpg');
    await scorePicture(await scoring.parts({ models }), 'done.jpg');
    expect(await file('done.jpg')).toBe('already done');
    expect((await scoring.documentOf('done.jpg')).status).toBe('succeeded');
  });

  it('and is deleted while its document is written gets none', async () => {
    await scoring.dropFresh('going.jpg');
    const watched = await scoring.containers(async ({ method, path }) => {
      if (method === 'PUT' && path === '/predictions/going.jpg.json')
        await containers.images.getBlobClient('going.jpg').deleteIfExists();
      return undefined;
    });
    expect(await file('going.jpg', {}, watched)).toBe('gone');
    expect(await scoring.storage.document('going.jpg')).toBeUndefined();
  });

  it('and is gone gets none', async () => {
    expect(await file('gone.jpg')).toBe('gone');
    expect(await scoring.storage.document('gone.jpg')).toBeUndefined();
  });

  it('and has an older document gets the failed one in its place', async () => {
    await scoring.dropFresh('older.jpg');
    await scorePicture(await scoring.parts({ models }), 'older.jpg');
    await scoring.dropFresh('older.jpg');
    expect(await file('older.jpg')).toBe('filed');
    expect(await scoring.documentOf('older.jpg')).toMatchObject({ error: { code: 'VisionUnavailable' } });
  });

  it('and was changed since does not take the blame of its former content', async () => {
    await scoring.dropFresh('changed.jpg');
    const pictureEtag = await etagOf('changed.jpg');
    await scoring.dropFresh('changed.jpg');
    expect(await file('changed.jpg', { pictureEtag })).toBe('changed');
    expect(await scoring.storage.document('changed.jpg')).toBeUndefined();
    expect(await scorePicture(await scoring.parts({ models }), 'changed.jpg')).toMatchObject({
      kind: 'written',
      document: { status: 'succeeded' },
    });
    const now = (await etagOf('changed.jpg')).replaceAll('"', '');
    expect(await file('changed.jpg', { pictureEtag: now })).toBe('already done');
  });

  it('and that no model wants any more gets its document all the same', async () => {
    await scoring.dropFresh('notes.txt');
    expect(await file('notes.txt')).toBe('filed');
    expect(await file('notes.txt')).toBe('already done');
  });

  it('is left to whoever works on it', async () => {
    await scoring.dropFresh('busy.jpg');
    const claim = await claimPicture(containers.claims, 'busy.jpg', 0);
    const filing = fileFailure({ containers, models }, 'busy.jpg', REASON, AbortSignal.timeout(700));
    expect(await rejection(filing)).toMatchObject({ code: 'PictureBusy' });
    await claim.release();
    expect(await scoring.storage.document('busy.jpg')).toBeUndefined();
  });

  it('keeps its reason while storage takes no document', async () => {
    await scoring.dropFresh('kept.jpg');
    const troubled = await scoring.containers(async ({ method, path }) =>
      method === 'PUT' && path.startsWith('/predictions/') ? 503 : undefined,
    );
    expect(await rejection(file('kept.jpg', {}, troubled))).toMatchObject({ code: 'StorageUnavailable' });
    expect((await readKept(containers.claims, 'kept.jpg'))?.fault).toMatchObject(REASON);
    expect(await file('kept.jpg')).toBe('filed');
  });
});
