import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import type { AskModel } from '../../src/prediction.ts';
import { fileFailure } from '../../src/scoring/fileFailure.ts';
import { type ScoringParts, scorePicture } from '../../src/scoring/scorePicture.ts';
import { readKept } from '../../src/storage/kept.ts';
import { type Scoring, startScoring } from '../support/scoring.ts';
import { rejection } from '../support/secrets.ts';
import { ONCE } from '../support/visionParts.ts';

let scoring: Scoring;
beforeAll(async () => {
  scoring = await startScoring();
});
afterAll(() => scoring?.close());
beforeEach(() => scoring.vision.server.reset());

/** Three models of one account, the last of which is the detector. */
const models = () => [
  scoring.vision.model({ name: 'kinds' }),
  scoring.vision.model({ name: 'places', task: 'detect' }),
];
const parts = (own: Partial<ScoringParts> = {}) => scoring.parts({ models: models(), budget: ONCE, ...own });
const asked = () => scoring.vision.server.requests.map(({ publishedName }) => publishedName);
const down = (...names: string[]) => {
  scoring.vision.server.unavailable = new Set(names);
};
/** Of more pixels than are sent, so that it is shrunk, and cut where there are tiles. */
const large = (red: number) =>
  sharp({ create: { width: 11_000, height: 1_100, channels: 3, background: { r: red, g: 120, b: 40 } } })
    .jpeg()
    .toBuffer();
const etagOf = async (name: string) =>
  (await scoring.storage.images.getBlobClient(name).getProperties()).etag ?? '';

describe('a model that has answered', () => {
  it('is not asked again while another one is down, and its answer is in the document at the end', async () => {
    await scoring.dropFresh('one-down.jpg');
    down('fruit boxes');
    for (let attempt = 0; attempt < 4; attempt += 1) {
      expect(await rejection(scorePicture(await parts(), 'one-down.jpg'))).toMatchObject({
        code: 'VisionUnavailable',
      });
    }
    expect(asked().filter((name) => name === 'fruit')).toHaveLength(1);
    down();
    const outcome = await scorePicture(await parts(), 'one-down.jpg');
    expect(outcome).toMatchObject({
      kind: 'written',
      document: { status: 'succeeded', results: [{ model: 'kinds' }, { model: 'places' }] },
    });
    expect(asked().filter((name) => name === 'fruit')).toHaveLength(1);
    expect(await readKept((await scoring.containers()).claims, 'one-down.jpg')).toBeUndefined();
  });

  it('is asked again when the picture was changed meanwhile', async () => {
    await scoring.dropFresh('changed.jpg');
    down('fruit boxes');
    await rejection(scorePicture(await parts(), 'changed.jpg'));
    await scoring.dropFresh('changed.jpg');
    down();
    await scorePicture(await parts(), 'changed.jpg');
    expect(asked().filter((name) => name === 'fruit')).toHaveLength(2);
  });

  it('is not asked again when its host dies while the other is waited for', async () => {
    await scoring.dropFresh('killed.jpg');
    const { ask } = await parts();
    const hanging: AskModel = (model, ...rest) =>
      model.task === 'detect' ? new Promise(() => {}) : ask(model, ...rest);
    void scorePicture(await parts({ ask: hanging }), 'killed.jpg'); // never ends, as in a process that was killed
    const { claims } = await scoring.containers();
    await expect
      .poll(async () => (await readKept(claims, 'killed.jpg'))?.results.length, { timeout: 5_000 })
      .toBe(1);
    await claims.getBlobClient('killed.jpg').getBlobLeaseClient().breakLease(0);
    await scorePicture(await parts(), 'killed.jpg');
    expect(asked()).toEqual(['fruit', 'fruit boxes']);
  });

  it('is not asked again by a retry of the failed document, whose results stay', async () => {
    await scoring.dropFresh('failed.jpg');
    scoring.vision.server.unavailable = new Set();
    const [kinds, places] = models();
    const missing = { ...places, publishedName: 'not published' } as NonNullable<typeof places>;
    const before = await parts({ models: kinds ? [kinds, missing] : [] });
    expect(await scorePicture(before, 'failed.jpg')).toMatchObject({
      document: { status: 'failed', results: [{ model: 'kinds' }] },
    });
    await scorePicture(before, 'failed.jpg', { failedAgain: true });
    expect(asked().filter((name) => name === 'fruit')).toHaveLength(1);
    expect(await scorePicture(await parts(), 'failed.jpg')).toMatchObject({
      document: { status: 'succeeded', results: [{ model: 'kinds' }, { model: 'places' }] },
    });
    expect(asked().filter((name) => name === 'fruit')).toHaveLength(1);
  });

  it('is not asked again when another model is added to the settings', async () => {
    await scoring.dropFresh('added.jpg');
    const [kinds] = models();
    await scorePicture(await parts({ models: kinds ? [kinds] : [] }), 'added.jpg');
    await scorePicture(await parts(), 'added.jpg');
    expect(asked()).toEqual(['fruit', 'fruit boxes']);
  });

  it('is in the failed document of a picture that is given up', async () => {
    await scoring.dropFresh('given-up.jpg');
    down('fruit boxes');
    await rejection(scorePicture(await parts(), 'given-up.jpg'));
    const { claims, ...containers } = await scoring.containers();
    const fault = (await readKept(claims, 'given-up.jpg'))?.fault;
    if (!fault) throw new Error('Expected a fault to be kept.');
    expect(
      await fileFailure({ containers: { claims, ...containers }, models: models() }, 'given-up.jpg', fault),
    ).toBe('filed');
    expect(await scoring.documentOf('given-up.jpg')).toMatchObject({
      status: 'failed',
      image: { etag: await etagOf('given-up.jpg') },
      results: [{ model: 'kinds' }],
      error: { code: 'VisionUnavailable' },
    });
  });
});

describe('a tile that fails', () => {
  it('breaks off its siblings, which are not paid any more', async () => {
    await scoring.storage.drop('tiles.jpg', await large(10));
    let started = 0;
    let brokenOff = 0;
    const ask: AskModel = async (_model, _image, _budget, options) => {
      started += 1;
      if (started === 2) throw new KeylessError('VisionUnavailable', 'It answered 503.');
      await new Promise<void>((resolve) => options?.signal?.addEventListener('abort', () => resolve()));
      brokenOff += 1;
      throw new KeylessError('VisionTimeout', 'It was broken off.');
    };
    const detector = scoring.vision.model({ task: 'detect', tiles: true });
    expect(
      await rejection(scorePicture(await parts({ ask, models: [detector] }), 'tiles.jpg')),
    ).toMatchObject({ code: 'VisionUnavailable' });
    expect(started).toBeGreaterThan(2);
    expect(brokenOff).toBe(started - 1);
  });
});

describe('a detector that takes tiles from now on', () => {
  it('is asked again about what it answered to without them, and what it answers is told so', async () => {
    await scoring.storage.drop('once.jpg', await large(30));
    const plain = scoring.vision.model({ name: 'boxes', task: 'detect' });
    const tiled = { ...plain, tiles: true };
    await scorePicture(await parts({ models: [plain] }), 'once.jpg');
    const calls = scoring.vision.server.requests.length;
    expect(await scorePicture(await parts({ models: [tiled] }), 'once.jpg')).toMatchObject({
      kind: 'written',
      document: { results: [{ model: 'boxes', tiles: true }] },
    });
    expect(scoring.vision.server.requests.length).toBeGreaterThan(calls + 1);
    expect(await scorePicture(await parts({ models: [tiled] }), 'once.jpg')).toEqual({
      kind: 'already done',
    });
  });
});

describe('a picture for several models', () => {
  it('is made fit once for all of them', async () => {
    await scoring.storage.drop('large.jpg', await large(20));
    const tiled = scoring.vision.model({ name: 'tiles', task: 'detect', tiles: true });
    await scorePicture(await parts({ models: [...models(), tiled] }), 'large.jpg');
    const sentTo = (name: string) =>
      scoring.vision.server.requests.filter(({ publishedName }) => publishedName === name);
    const [kinds] = sentTo('fruit');
    // the very bytes that the detectors got as their first part
    expect(sentTo('fruit boxes').filter(({ sha256 }) => sha256 === kinds?.sha256)).toHaveLength(2);
  });
});
