import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeDocuments } from '../../../src/cli/takeHome/documents.ts';
import type { Listed } from '../../../src/cli/takeHome/listing.ts';
import type { Taken } from '../../../src/cli/takeHome/manifest.ts';
import type { Tag } from '../../../src/cli/training/answers.ts';
import { readCoco } from '../../support/readCoco.ts';

const side = fc.integer({ min: 1, max: 10_240 });
const half = fc.double({ min: 0, max: 0.5, noNaN: true });
/** Whatever people call things, but for what separates tags in a cell. */
const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[|\r\n]/u.test(text));
const pictureOf = (tags: number) =>
  fc.record({
    width: side,
    height: side,
    boxes: fc.array(fc.record({ tag: fc.nat(tags - 1), left: half, top: half, width: half, height: half })),
    tags: fc.array(fc.nat(tags - 1)),
  });
const project = fc
  .uniqueArray(name, { minLength: 1, maxLength: 5 })
  .chain((names) => fc.tuple(fc.constant(names), fc.array(pictureOf(names.length), { maxLength: 8 })));

async function written(tags: Tag[], pictures: Listed[], taken: Taken): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const place = {
    write: async (path: string, bytes: Buffer) => {
      files.set(path, bytes.toString('utf8'));
      return { bytes: bytes.length, sha256: '' };
    },
  } as unknown as Parameters<typeof writeDocuments>[0];
  const facts = { project: { id: 'p', name: 'orchard', settings: {} }, domain: '', iterations: [] };
  await writeDocuments(place, taken, { ...facts, tags, pictures } as Parameters<typeof writeDocuments>[2]);
  return files;
}

describe('the labels that are taken home', () => {
  it('are read back by other readers as they were, whatever tags are called and wherever regions lie', async () => {
    await fc.assert(
      fc.asyncProperty(project, async ([names, drawn]) => {
        const tags = names.map((each, at) => ({ id: `t${at}`, name: each }) as Tag);
        const tagOf = (at: number) => ({ tagId: `t${at}`, tagName: names[at] ?? '' });
        const pictures = drawn.map(
          (each, at): Listed => ({
            ...{ id: `p${at}`, width: 1, height: 1 },
            tags: [...new Set([...each.tags, ...each.boxes.map(({ tag }) => tag)])].map(tagOf),
            regions: each.boxes.map(({ tag, ...box }) => ({ ...tagOf(tag), ...box })),
          }),
        );
        const files = drawn.map(({ width, height }, at) => ({ file: `pictures/p${at}.jpg`, width, height }));
        const taken = { pictures: Object.fromEntries(files.map((each, at) => [`p${at}`, each])) };
        const texts = await written(tags, pictures, taken as unknown as Taken);

        const told = readCoco(texts.get('coco.json') ?? '');
        const labelled = pictures.flatMap((picture, at) => (picture.tags?.length ? [{ picture, at }] : []));
        expect(told.map(({ file }) => file)).toEqual(labelled.map(({ at }) => files[at]?.file));
        for (const [index, { at, picture }] of labelled.entries()) {
          const { width = 0, height = 0 } = files[at] ?? {};
          const boxes = (picture.regions ?? []).map((region) => ({
            tag: region.tagName,
            corners: [
              region.left * width,
              region.top * height,
              (region.left + region.width) * width,
              (region.top + region.height) * height,
            ].map((corner): unknown => expect.closeTo(corner, 2)),
          }));
          const boxed = boxes.map(({ tag }) => tag);
          const tagNames = (picture.tags ?? []).map(({ tagName }) => tagName);
          expect(told[index]?.boxes).toEqual(boxes);
          expect(told[index]?.tags).toEqual(tagNames.filter((tag) => !boxed.includes(tag)));
        }
        const rows = parsed(texts.get('tags.csv') ?? '').slice(1);
        expect(rows).toEqual(
          labelled.map(({ picture, at }) => [
            files[at]?.file,
            picture.tags?.map(({ tagName }) => tagName).join('|'),
          ]),
        );
      }),
      { numRuns: 100 },
    );
  });
});

/** https://www.rfc-editor.org/rfc/rfc4180, read letter by letter. */
function parsed(text: string): string[][] {
  const rows: string[][] = [];
  let row = [''];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    const end = row.length - 1;
    if (quoted && letter === '"' && text[at + 1] === '"') {
      row[end] = `${row[end]}"`;
      at += 1;
    } else if (letter === '"') quoted = !quoted;
    else if (!quoted && letter === ',') row.push('');
    else if (!quoted && text.startsWith('\r\n', at)) {
      rows.push(row);
      row = [''];
      at += 1;
    } else row[end] = `${row[end]}${letter}`;
  }
  return rows;
}
