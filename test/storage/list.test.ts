import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealCursor } from '../../src/storage/cursor.ts';
import { type Listing, listDocuments } from '../../src/storage/list.ts';
import { toMetadata } from '../../src/storage/mark.ts';
import { startTestStorage, type TestStorage } from '../support/azurite.ts';
import { rejection } from '../support/secrets.ts';

let storage: TestStorage;
beforeAll(async () => {
  storage = await startTestStorage();
});
afterAll(() => storage?.close());

const list = (query: Partial<Parameters<typeof listDocuments>[1]> = {}): Promise<Listing> =>
  listDocuments(storage.predictions, { prefix: '', top: 100, ...query });
const write = (blob: string, code?: string, metadata?: Record<string, string>) =>
  storage.predictions.getBlockBlobClient(blob).upload('this is never read', 18, {
    metadata:
      metadata ??
      toMetadata({
        pictureEtag: '"1"',
        models: 'm',
        status: code ? 'failed' : 'succeeded',
        ...(code && { code }),
      }),
  });
const names = ({ predictions }: Listing) => predictions.map(({ name }) => name);

describe('the list of documents', () => {
  it('is empty before the first document', async () => {
    expect(await list()).toEqual({ predictions: [] });
  });

  it('tells of each document what its mark says, without reading it', async () => {
    await storage.predictions.create();
    await write('fruit/a.jpg.json');
    await write('fruit/b.jpg.json', 'ImageTruncated');
    const listing = await list();
    expect(listing).toEqual({
      predictions: [
        {
          name: 'fruit/a.jpg',
          status: 'succeeded',
          lastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/u),
          etag: expect.stringMatching(/^"[^"]+"$/u),
        },
        expect.objectContaining({ name: 'fruit/b.jpg', status: 'failed', code: 'ImageTruncated' }),
      ],
    });
  });

  it('leaves out what is no document of this app', async () => {
    await write('notes.txt');
    await write('somebody.json', undefined, { author: 'somebody' });
    expect(names(await list())).toEqual(['fruit/a.jpg', 'fruit/b.jpg']);
  });

  it('narrows down to a prefix of the picture’s name, not of its document’s', async () => {
    await write('boxes/ä 🍎#1.jpg.json');
    expect(names(await list({ prefix: 'boxes/ä 🍎' }))).toEqual(['boxes/ä 🍎#1.jpg']);
    expect(names(await list({ prefix: 'fruit/a.jpg.json' }))).toEqual([]);
  });

  it.each([1, 2, 3, 7])('goes through all of it in pages of %i, in order, none twice', async (top) => {
    await Promise.all(Array.from({ length: 9 }, (_, index) => write(`pages/${index}.jpg.json`)));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ prefix: 'pages/', top, ...(cursor && { cursor }) });
      expect(page.predictions.length).toBeLessThanOrEqual(top);
      seen.push(...names(page));
      cursor = page.cursor;
    } while (cursor);
    expect(seen).toEqual(Array.from({ length: 9 }, (_, index) => `pages/${index}.jpg`));
  });

  it('passes over pages of nothing but other people’s blobs', async () => {
    await Promise.all(Array.from({ length: 4 }, (_, index) => write(`others/${index}.txt`)));
    await write('others/z.jpg.json');
    expect(names(await list({ prefix: 'others/', top: 1 }))).toEqual(['others/z.jpg']);
  });

  it('refuses a cursor of another prefix, a shortened one, and one made up', async () => {
    const { cursor = '' } = await list({ prefix: 'pages/', top: 1 });
    const attempts = [
      { prefix: 'fruit/', cursor },
      { prefix: 'pages/', cursor: cursor.slice(0, -2) },
      { prefix: 'pages/', cursor: `A${cursor.slice(1)}` },
      { prefix: 'pages/', cursor: 'made-up' },
      { prefix: 'pages/', cursor: '12345678' },
      { prefix: 'pages/', cursor: `${cursor}=` },
    ].filter((each) => each.cursor !== cursor || each.prefix !== 'pages/');
    for (const attempt of attempts) {
      expect(await rejection(list(attempt)), JSON.stringify(attempt)).toMatchObject({
        code: 'RequestInvalid',
      });
    }
    expect(names(await list({ prefix: 'pages/', top: 1, cursor }))).toEqual(['pages/1.jpg']);
  });

  it('says that the cursor is wrong where storage refuses its token, as Azure does', async () => {
    const refusing = {
      listBlobsFlat: () => ({
        byPage: () => ({
          next: () => Promise.reject(Object.assign(new Error('Out of range.'), { statusCode: 400 })),
        }),
      }),
    } as unknown as TestStorage['predictions'];
    const cursor = sealCursor('2!nonsense', '');
    const query = { prefix: '', top: 1 };
    expect(await rejection(listDocuments(refusing, { ...query, cursor }))).toMatchObject({
      code: 'RequestInvalid',
    });
    expect(await rejection(listDocuments(refusing, query))).toMatchObject({ code: 'StorageRejected' });
  });
});
