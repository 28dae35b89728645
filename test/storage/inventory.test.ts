import type { ContainerClient } from '@azure/storage-blob';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Containers } from '../../src/storage/containers.ts';
import { type InventoryItem, inventory } from '../../src/storage/inventory.ts';
import { type Mark, toMetadata } from '../../src/storage/mark.ts';
import { type Scoring, startScoring } from '../support/scoring.ts';
import { rejection } from '../support/secrets.ts';

type Order = (a: string, b: string) => number;
const byCodeUnit: Order = (a, b) => (a < b ? -1 : Number(a > b));
const byCodePoint: Order = (a, b) => Buffer.from(a).compare(Buffer.from(b));

const markOf = (name: string): Mark => ({
  pictureEtag: `0x${Buffer.from(name).toString('hex')}`,
  models: 'm',
  status: 'succeeded',
});

/** A container of these names that lists as storage does: in order, by prefix, in pages. */
function listing(names: Iterable<string>, order: Order, pageSize = 3): ContainerClient {
  const sorted = [...names].toSorted(order);
  async function* pages(prefix: string) {
    const found = sorted.filter((name) => name.startsWith(prefix));
    for (let at = 0; at === 0 || at < found.length; at += pageSize) {
      const blobItems = found.slice(at, at + pageSize).map((name) => ({
        name,
        properties: { etag: '"0x1"', lastModified: new Date(0) },
        metadata: name.endsWith('.json') ? toMetadata(markOf(name.slice(0, -5))) : {},
      }));
      yield { segment: { blobItems } };
    }
  }
  const container = {
    listBlobsFlat: ({ prefix }: { prefix: string }) => ({ byPage: () => pages(prefix) }),
  };
  return container as unknown as ContainerClient;
}

async function collect(items: AsyncIterable<InventoryItem>): Promise<InventoryItem[]> {
  const collected: InventoryItem[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
const told = (items: InventoryItem[]) =>
  items.map(({ name, mark }) => [name, mark?.pictureEtag]).toSorted(([a = ''], [b = '']) => byCodeUnit(a, b));

/** Names that are beginnings of one another, with what sorts before and after a dot and a slash. */
const name = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^[aA][ !\-./0~a]{0,3}(\.json){0,2}$/u) },
  { weight: 2, arbitrary: fc.stringMatching(/^[a\u00e4\u679c\uff71\u{1f350}]{1,3}[.-]?$/u) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }) },
);

describe('the inventory', () => {
  it.each([
    ['code units', byCodeUnit],
    ['code points', byCodePoint],
  ])(
    'has every picture once, with its mark exactly where it has a document, listed by %s',
    async (_, order) => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(name, { maxLength: 20 }),
          fc.uniqueArray(name, { maxLength: 20 }),
          fc.constantFrom('', 'a', 'a.', 'a.json'),
          async (pictures, others, prefix) => {
            // some pictures have documents, and some documents no picture any more
            const documents = new Set([...pictures.filter((_name, index) => index % 3 > 0), ...others]);
            const items = await collect(
              inventory(
                listing(pictures, order),
                listing(
                  [...documents].map((each) => `${each}.json`),
                  order,
                  4,
                ),
                prefix,
              ),
            );
            const expected = pictures
              .filter((each) => each.startsWith(prefix) && !each.endsWith('/')) // which marks a folder
              .map((each) => [each, documents.has(each) ? markOf(each).pictureEtag : undefined] as const);
            expect(told(items)).toEqual(expected.toSorted(([a], [b]) => byCodeUnit(a, b)));
          },
        ),
        { numRuns: 400 },
      );
    },
  );

  it('leaves aside what is no document: other blobs among them, and documents without a mark', async () => {
    const documents = listing(['a', 'a.json.txt', 'b.json'], byCodeUnit);
    expect(told(await collect(inventory(listing(['a', 'b'], byCodeUnit), documents)))).toEqual([
      ['a', undefined],
      ['b', markOf('b').pictureEtag],
    ]);
  });

  it('leaves out markers that stand for folders', async () => {
    const marked = (name: string, metadata = {}) => ({
      name,
      metadata,
      properties: { etag: '"0x1"', lastModified: new Date(0) },
    });
    const blobItems = [marked('a'), marked('b', { Hdi_IsFolder: 'True' }), marked('b/'), marked('b/c')];
    async function* page() {
      yield { segment: { blobItems } };
    }
    const images = {
      listBlobsFlat: ({ includeMetadata }: { includeMetadata?: boolean }) => {
        expect(includeMetadata).toBe(true);
        return { byPage: page };
      },
    } as unknown as ContainerClient;
    const items = await collect(inventory(images, listing([], byCodeUnit)));
    expect(items.map(({ name }) => name)).toEqual(['a', 'b/c']);
  });

  it('reads no more pages than it is asked for', async () => {
    let pages = 0;
    async function* endless() {
      for (; ; pages += 1) {
        const blobItems = [{ name: String(pages).padStart(9, '0'), properties: {} }];
        yield { segment: { blobItems } };
      }
    }
    const images = { listBlobsFlat: () => ({ byPage: endless }) } as unknown as ContainerClient;
    let taken = 0;
    for await (const _ of inventory(images, listing([], byCodeUnit))) {
      taken += 1;
      if (taken === 5) break;
    }
    expect(pages).toBeLessThan(10);
  });
});

describe('the inventory of a real account', () => {
  let scoring: Scoring;
  let containers: Containers;
  beforeAll(async () => {
    scoring = await startScoring();
    containers = await scoring.containers();
  });
  afterAll(() => scoring?.close());

  it('is of pictures alone while there are no documents, and of both afterwards', async () => {
    const names = ['a', 'a-b', 'a.b', 'a.json', 'a/b', 'ä.jpg', 'ｱ.jpg', '🍐.jpg', 'z 1.jpg'];
    for (const each of names) await scoring.storage.drop(each, each);
    const { images, predictions } = containers;
    expect(told(await collect(inventory(images, predictions)))).toEqual(
      names.toSorted().map((each) => [each, undefined]),
    );
    await predictions.create();
    const documented = names.filter((_, index) => index !== 1);
    for (const each of [...documented, 'a.c', '0'])
      await predictions
        .getBlockBlobClient(`${each}.json`)
        .upload('{}', 2, { metadata: toMetadata(markOf(each)) });
    const items = await collect(inventory(images, predictions));
    expect(told(items)).toEqual(
      names
        .toSorted()
        .map((each) => [each, documented.includes(each) ? markOf(each).pictureEtag : undefined]),
    );
    const { etag, lastModified } = await images.getBlobClient('a').getProperties();
    const [first] = items.filter((item) => item.name === 'a');
    expect(first?.lastModified).toEqual(lastModified);
    expect(first?.etag.replaceAll('"', '')).toBe(etag?.replaceAll('"', ''));
  });

  it.each([
    [503, 'StorageUnavailable'],
    [403, 'StorageRefused'],
  ])('tells of storage that answers %i', async (status, code) => {
    const troubled = await scoring.containers(async ({ path }) =>
      path.startsWith('/predictions') ? status : undefined,
    );
    const error = await rejection(collect(inventory(troubled.images, troubled.predictions)));
    expect(error).toMatchObject({ code, message: expect.stringContaining('predictions') });
  });

  it('tells of a container of pictures that is not there', async () => {
    const { claims, predictions } = containers;
    expect(await rejection(collect(inventory(claims, predictions)))).toMatchObject({
      code: 'ContainerMissing',
      message: expect.stringContaining('ContainerNotFound'),
    });
  });
});
