import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Containers } from '../../src/storage/containers.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { documentName } from '../../src/storage/documentName.ts';
import { findDocument, writeDocument } from '../../src/storage/store.ts';
import { type Scoring, startScoring, type Watch } from '../support/scoring.ts';
import { rejection } from '../support/secrets.ts';

let scoring: Scoring;
let predictions: Containers['predictions'];
beforeAll(async () => {
  scoring = await startScoring();
  ({ predictions } = await scoring.containers());
});
afterAll(() => scoring?.close());

const MARK = { pictureEtag: '0x1', models: 'p/fruit', status: 'succeeded' } as const;
const of = (name: string, etag = '0x1'): PredictionDocument => ({
  status: 'succeeded',
  image: { name, etag },
  results: [],
  completedAt: new Date().toISOString(),
});
const write = (name: string, replaced?: string, etag = '0x1', into = predictions) =>
  writeDocument(into, name, of(name, etag), { ...MARK, pictureEtag: etag }, replaced);
const etagOf = async (name: string) => (await findDocument(predictions, name))?.documentEtag;
const predictionsWith = async (watch: Watch) => (await scoring.containers(watch)).predictions;

describe('the document of a picture', () => {
  it('is not found before the container is there, and the first one makes it', async () => {
    expect(await findDocument(predictions, 'first.jpg')).toBeUndefined();
    expect(await write('first.jpg')).toBe(true);
    expect(await findDocument(predictions, 'first.jpg')).toEqual({
      documentEtag: expect.stringMatching(/./u),
      mark: MARK,
      content: expect.stringMatching(/^[0-9a-f]{32}$/u),
    });
    expect(await scoring.documentOf('first.jpg')).toMatchObject({ image: { name: 'first.jpg' } });
  });

  it.each(['a', 'a.json', 'a.json.json', 'fruit/früchte 果物 🍐.jpg', '100% #1?.jpg', 'a+b.jpg'])(
    'lies at the name of its picture and .json: %s',
    async (name) => {
      expect(documentName(name)).toBe(`${name}.json`);
      expect(await write(name)).toBe(true);
      expect(await predictions.getBlobClient(`${name}.json`).exists()).toBe(true);
      expect((await scoring.documentOf(name)).image.name).toBe(name);
    },
  );

  it('is written where there is none, and never over one that nobody looked at', async () => {
    expect(await write('once.jpg', undefined, '0x1')).toBe(true);
    expect(await write('once.jpg', undefined, '0x2')).toBe(false);
    expect((await scoring.documentOf('once.jpg')).image.etag).toBe('0x1');
  });

  it('replaces exactly the one that was found', async () => {
    await write('twice.jpg');
    const seen = await etagOf('twice.jpg');
    expect(await write('twice.jpg', seen, '0x2')).toBe(true);
    expect(await write('twice.jpg', seen, '0x3')).toBe(false);
    expect((await scoring.documentOf('twice.jpg')).image.etag).toBe('0x2');
    expect((await findDocument(predictions, 'twice.jpg'))?.mark?.pictureEtag).toBe('0x2');
  });

  it('is not brought back where the one that was found was deleted', async () => {
    await write('deleted.jpg');
    const seen = await etagOf('deleted.jpg');
    await predictions.getBlobClient('deleted.jpg.json').delete();
    expect(await write('deleted.jpg', seen)).toBe(false);
    expect(await findDocument(predictions, 'deleted.jpg')).toBeUndefined();
  });

  it('of many writers at once is one writer’s', async () => {
    const written = await Promise.all(
      Array.from({ length: 8 }, (_, index) => write('raced.jpg', undefined, `0x${index}`)),
    );
    expect(written.filter(Boolean)).toHaveLength(1);
    expect((await scoring.documentOf('raced.jpg')).image.etag).toBe(`0x${written.indexOf(true)}`);
  });

  it('that this app has not written is told and left as it is', async () => {
    await predictions.getBlockBlobClient('foreign.jpg.json').upload('{}', 2);
    expect(await rejection(findDocument(predictions, 'foreign.jpg'))).toMatchObject({
      code: 'BlobNotOurs',
      message: expect.stringContaining('predictions/foreign.jpg.json'),
    });
  });

  it('says of an answer that was lost on the way that the write is to be looked into', async () => {
    const lossy = await predictionsWith(async ({ method, path }) => {
      if (method !== 'PUT' || !path.endsWith('/lost.jpg.json')) return undefined;
      await write('lost.jpg'); // the first sending arrived
      return undefined;
    });
    expect(await write('lost.jpg', undefined, '0x1', lossy)).toBe(false);
    expect((await findDocument(predictions, 'lost.jpg'))?.mark).toEqual(MARK);
  });
});

describe('storage in trouble', () => {
  it.each([
    ['is busy', 503, 'StorageUnavailable'],
    ['refuses', 403, 'StorageRefused'],
  ])('is told as such where it %s', async (_, status, code) => {
    const troubled = await predictionsWith(async () => status);
    expect(await rejection(findDocument(troubled, 'x.jpg'))).toMatchObject({ code });
    expect(await rejection(write('x.jpg', undefined, '0x1', troubled))).toMatchObject({
      code,
      message: expect.stringContaining('x.jpg.json'),
    });
  });

  it('is not taken for another’s write: a lease on the document, a container that is being deleted', async () => {
    await write('leased.jpg');
    const seen = await etagOf('leased.jpg');
    const lease = predictions.getBlobClient('leased.jpg.json').getBlobLeaseClient();
    await lease.acquireLease(15);
    expect(await rejection(write('leased.jpg', seen))).toMatchObject({ code: 'BlobBlocked' });
    await lease.releaseLease();
    const going = await predictionsWith(async () => 409);
    expect(await rejection(write('going.jpg', undefined, '0x1', going))).toMatchObject({
      code: 'StorageUnavailable',
    });
  });
});
