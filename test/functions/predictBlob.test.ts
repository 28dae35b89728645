import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_PROJECT_ID } from '../../local/prediction/models.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { type Parts, startParts } from '../local/prediction/parts.ts';
import { bitmap } from '../pictures/files.ts';
import { startTestStorage, type TestStorage } from '../support/azurite.ts';
import { loadFunctions, type Registered } from '../support/registeredFunctions.ts';
import { expectNoToken, rejection } from '../support/secrets.ts';

let parts: Parts;
let storage: TestStorage;
let app: Registered;
beforeAll(async () => {
  [parts, storage] = await Promise.all([startParts(), startTestStorage()]);
  const at = (task: string, publishedName: string, paths: string[]) => ({
    endpoint: parts.server.url,
    projectId: DEFAULT_PROJECT_ID,
    publishedName,
    task,
    paths,
  });
  app = await loadFunctions({
    ...parts.identity.environment,
    ImageStorage: storage.connectionString,
    BLOB_TRIGGER_SOURCE: 'LogsAndContainerScan',
    VISION_MODELS: JSON.stringify({
      fruit: at('classify', 'fruit', ['**/*.jpg', '12345', 'true', '1e5']),
      boxes: at('detect', 'fruit boxes', ['both/**']),
    }),
  });
});
afterAll(async () => {
  await Promise.all([storage?.close(), parts?.close()]);
});
beforeEach(() => {
  parts.server.reset();
  app.logs.length = 0;
});

/** Different pixels each time, so that no picture is like another. */
let shade = 0;
const freshPicture = () => {
  shade += 1;
  return Buffer.concat([bitmap(20 + (shade % 40), 20), Buffer.from(`picture ${shade}`)]);
};
const call = (name: string, bytes: unknown) => app.blob('predictBlob', bytes, `images/${name}`);
async function documentOf(name: string): Promise<PredictionDocument> {
  const text = await storage.document(name);
  if (text === undefined) throw new Error(`There is no document of ${name}.`);
  return JSON.parse(text);
}
async function dropped(name: string, bytes: Buffer = freshPicture()): Promise<PredictionDocument> {
  await storage.drop(name, bytes);
  await call(name, bytes);
  return await documentOf(name);
}

describe('the function for dropped pictures', () => {
  it('listens to the container of pictures', () => {
    expect(app.bindings('predictBlob')[0]).toMatchObject({
      type: 'blobTrigger',
      path: 'images/{name}',
      connection: 'ImageStorage',
      source: 'LogsAndContainerScan',
    });
  });

  it('leaves a document beside the picture, making the container for it', async () => {
    const bytes = freshPicture();
    expect(await dropped('tree-7.jpg', bytes)).toMatchObject({
      status: 'succeeded',
      image: {
        name: 'tree-7.jpg',
        container: 'images',
        etag: expect.stringMatching(/0x/u),
        sha256: createHash('sha256').update(bytes).digest('hex'),
        contentType: 'image/bmp',
        bytes: bytes.length,
        height: 20,
      },
      results: [{ model: 'fruit', publishedName: 'fruit', predictions: [{ tagName: 'pear' }], attempts: 1 }],
      completedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/u),
    });
    const { contentType } = await storage.predictions.getBlobClient('tree-7.jpg.json').getProperties();
    expect(contentType).toBe('application/json; charset=utf-8');
  });

  it.each([
    '12345',
    'true',
    '1e5',
    'a b#%.jpg',
    'a%20b.jpg',
    '🍐.jpg',
    'orchard/2026/früchte/tree 7.jpg',
    'images/images.jpg',
    "it's+(1)&[2]=?.jpg",
  ])('keeps the name %s to the letter', async (name) => {
    expect(await dropped(name)).toMatchObject({ status: 'succeeded', image: { name } });
  });

  it('asks every model whose paths match, in the order of the settings', async () => {
    const document = await dropped('both/crate.jpg');
    expect(document.results.map(({ model, task }) => [model, task])).toEqual([
      ['fruit', 'classify'],
      ['boxes', 'detect'],
    ]);
  });

  it.each<[string, () => Buffer, string]>([
    ['cut off', () => bitmap(40, 40).subarray(0, 900), 'ImageTruncated'],
    ['a text', () => Buffer.from('these are no pixels'), 'ImageTypeUnsupported'],
    ['empty', () => Buffer.alloc(0), 'ImageMissing'],
    ['too large', () => Buffer.concat([bitmap(9, 9), Buffer.alloc(33 * 1024 * 1024)]), 'ImageTooLarge'],
  ])(
    'writes a failed document, with the fix, for a picture that is %s, and does not send it',
    async (title, bytes, code) => {
      const document = await dropped(`bad/${title}.jpg`, bytes());
      expect(document).toMatchObject({
        status: 'failed',
        image: { name: `bad/${title}.jpg`, container: 'images', etag: expect.any(String) },
        results: [],
        error: { code, title: expect.any(String), detail: expect.any(String), fix: expect.any(String) },
      });
      expect(parts.server.requests).toHaveLength(0);
    },
  );

  it('writes a failed document for a picture that no model wants', async () => {
    expect(await dropped('notes.txt')).toMatchObject({ status: 'failed', error: { code: 'ModelUnknown' } });
  });

  it('writes a failed document when Custom Vision refuses for good', async () => {
    parts.server.answerNext('NotFoundIteration');
    expect(await dropped('unpublished.jpg')).toMatchObject({
      status: 'failed',
      error: { code: 'ModelNotPublished' },
    });
    expect(parts.server.requests).toHaveLength(1);
  });

  it('throws what trying again can mend, and writes no document', async () => {
    parts.server.faults.always({ status: 503, headers: { 'retry-after': '900' } });
    const bytes = freshPicture();
    await storage.drop('later.jpg', bytes);
    const error = await rejection(call('later.jpg', bytes));
    expect(error).toMatchObject({ code: 'VisionUnavailable' });
    expectNoToken(error);
    expect(await storage.document('later.jpg')).toBeUndefined();
    parts.server.reset();
    await call('later.jpg', bytes);
    expect(await documentOf('later.jpg')).toMatchObject({ status: 'succeeded' });
  });

  it('does nothing for a picture that is gone', async () => {
    await call('gone.jpg', freshPicture());
    expect(await storage.document('gone.jpg')).toBeUndefined();
    expect(parts.server.requests).toHaveLength(0);
  });

  it('scores what lies there now when the bytes handed over are of yesterday', async () => {
    const [old, now] = [freshPicture(), freshPicture()];
    await storage.drop('overwritten.jpg', now);
    await call('overwritten.jpg', old);
    const { etag } = await storage.images.getBlobClient('overwritten.jpg').getProperties();
    expect((await documentOf('overwritten.jpg')).image).toMatchObject({
      etag,
      sha256: createHash('sha256').update(now).digest('hex'),
    });
  });

  it.each<[string, (bytes: Buffer) => unknown]>([
    ['plain bytes', (bytes) => new Uint8Array(bytes)],
    [
      'a view into a larger buffer',
      (bytes) => new Uint8Array(Buffer.concat([Buffer.alloc(5), bytes])).subarray(5),
    ],
    ['text', () => 'not the bytes'],
    ['nothing', () => undefined],
  ])('reads the picture when it is handed %s', async (title, handed) => {
    const bytes = freshPicture();
    await storage.drop(`handed/${title}.jpg`, bytes);
    await call(`handed/${title}.jpg`, handed(bytes));
    expect(await documentOf(`handed/${title}.jpg`)).toMatchObject({
      status: 'succeeded',
      image: { sha256: createHash('sha256').update(bytes).digest('hex') },
    });
  });

  it.each([[undefined], ['images'], [12345]])(
    'says so when the trigger does not tell the picture (%j)',
    async (path) => {
      await expect(app.blob('predictBlob', freshPicture(), path)).rejects.toMatchObject({
        code: 'Unexpected',
      });
    },
  );

  it('shows no token in its log', async () => {
    parts.server.answerNext('PermissionDenied');
    const document = await dropped('denied.jpg');
    expect(document).toMatchObject({ status: 'failed', error: { code: 'PermissionDenied' } });
    expect(app.logs.map(({ message }) => message).join('\n')).toContain('PermissionDenied');
    expectNoToken({ document, logs: app.logs });
  });
});
