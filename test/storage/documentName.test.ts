import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scorePicture } from '../../src/scoring/scorePicture.ts';
import type { Containers } from '../../src/storage/containers.ts';
import { documentName, isCut, nameMetadata, pictureNameOf } from '../../src/storage/documentName.ts';
import { type InventoryItem, inventory } from '../../src/storage/inventory.ts';
import { listDocuments } from '../../src/storage/list.ts';
import { modelsKey } from '../../src/storage/mark.ts';
import { readDocument } from '../../src/storage/read.ts';
import { type Scoring, startScoring } from '../support/scoring.ts';

/** Names that storage takes, most of them near what a document’s name can hold, some like a document’s that was cut. */
const letter = fc.constantFrom('a', 'b', '/', '.', '~', 'ä', '果', '🍐');
const valid = fc
  .record({
    stem: fc.constantFrom('', 'a', 'x'.repeat(970), '🍐'.repeat(487), `a${'🍐'.repeat(487)}`),
    middle: fc.string({ unit: letter, maxLength: 60 }),
    end: fc.constantFrom('', '.json', `~${'h'.repeat(43)}`),
  })
  .map(({ stem, middle, end }) => `${stem}${middle}${end}`)
  .filter((name) => name.length > 0 && name.length <= 1_024);

describe('the name of a document', () => {
  it('is that of its picture and .json as long as that can be', () => {
    for (const name of ['a', 'orchard/tree-7.jpg', 'a.json', 'x'.repeat(1_019)]) {
      expect(documentName(name)).toBe(`${name}.json`);
      expect(nameMetadata(name)).toEqual({});
    }
  });

  it('is legal, and tells the picture’s with its metadata, for every name that a picture can have', () => {
    fc.assert(
      fc.property(valid, (name) => {
        const document = documentName(name);
        expect(document.length).toBeLessThanOrEqual(1_024);
        expect(document.isWellFormed()).toBe(true);
        expect(document.split('/').length).toBeLessThanOrEqual(name.split('/').length);
        expect(pictureNameOf(document, nameMetadata(name))).toBe(name);
        const [kept = ''] = Object.values(nameMetadata(name));
        expect(kept).toMatch(/^[\w-]*$/u);
        expect(kept.length).toBeLessThan(4_500); // of 8 KB for all metadata
      }),
      { numRuns: 1_000 },
    );
  });

  it('is never that of another picture, not even of one that is called like a document that was cut', () => {
    const stem = (name: string) => documentName(name).slice(0, -'.json'.length);
    const pair = fc.oneof(
      fc.tuple(valid, valid),
      valid.map((name) => [name, stem(name)] as const),
      valid.map((name) => [name, `${name.slice(0, -1)}Z`] as const),
    );
    fc.assert(
      fc.property(pair, ([one, other]) => {
        fc.pre(one !== other);
        expect(documentName(one)).not.toBe(documentName(other));
      }),
      { numRuns: 1_000 },
    );
  });

  it('tells no picture where it was not made for it', () => {
    expect(pictureNameOf('a.txt', undefined)).toBeUndefined();
    const long = 'x'.repeat(1_024);
    expect(pictureNameOf(documentName(long), undefined)).toBeUndefined();
    expect(pictureNameOf('a.json', nameMetadata(long))).toBeUndefined();
    expect(pictureNameOf(documentName(long), { PictureName: nameMetadata(long).picturename ?? '' })).toBe(
      long,
    );
  });
});

describe('a picture of a name so long that .json does not go behind it', () => {
  let scoring: Scoring;
  let containers: Containers;
  beforeAll(async () => {
    scoring = await startScoring();
    containers = await scoring.containers();
  });
  afterAll(() => scoring?.close());

  const all = async (items: AsyncIterable<InventoryItem>) => {
    const found: InventoryItem[] = [];
    for await (const item of items) found.push(item);
    return found;
  };
  const longest = (start: string) => start.padEnd(1_020, 'ä').concat('.jpg');
  const names = [longest('orchard/1-'), longest('orchard/1-ä~'), 'orchard/1', longest('orchard/2-')];

  it('is scored, read, listed and counted like any other, in one attempt', async () => {
    // as Azure does; the emulator takes longer ones
    const parts = await scoring.parts({
      watch: async ({ path }) =>
        path.split('/').slice(2).join('/').length > 1_024 ? '400 OutOfRangeInput' : undefined,
    });
    for (const name of names) {
      await scoring.dropFresh(name);
      expect(await scorePicture(parts, name)).toMatchObject({ kind: 'written' });
      expect(await scorePicture(parts, name)).toMatchObject({ kind: 'already done' });
      expect(await readDocument(parts.containers, name)).toMatchObject({ kind: 'document', name });
    }
    expect(names.filter(isCut)).toHaveLength(3);
    const { predictions, images } = parts.containers;
    const listed = async (prefix: string) =>
      (await listDocuments(predictions, { prefix, top: 100 })).predictions.map(({ name }) => name).toSorted();
    expect(await listed('')).toEqual(names.toSorted());
    expect(await listed(names[0]?.slice(0, 1_000) ?? '')).toEqual([names[0]]);
    const items = await all(inventory(images, predictions));
    expect(items.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    for (const { mark } of items) expect(mark?.models).toBe(modelsKey(parts.models));
  });

  it('counts as missing while it has no document', async () => {
    await scoring.dropFresh(longest('pears/'));
    const items = await all(inventory(containers.images, containers.predictions, 'pears/'));
    expect(items).toMatchObject([{ name: longest('pears/') }]);
    expect(items[0]?.mark).toBeUndefined();
  });
});
