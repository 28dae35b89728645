import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlap } from '../../src/pictures/boxes.ts';
import { mergeParts } from '../../src/pictures/mergeParts.ts';
import { MOST_OVERLAP, suppress } from '../../src/pictures/suppression.ts';
import type { BoundingBox, Prediction } from '../../src/prediction.ts';
import { LONGEST_BLOCK_MS, longestBlock } from '../support/longestBlock.ts';

const WHOLE = { left: 0, top: 0, width: 1, height: 1 };
const box = (left: number, top: number, width: number, height: number): BoundingBox => ({
  left,
  top,
  width,
  height,
});
const seen = (tag: string, probability: number, boundingBox?: BoundingBox): Prediction => ({
  tagName: tag,
  tagId: tag,
  probability,
  ...(boundingBox && { boundingBox }),
});
/** Left and right half, a fifth of each in common. */
const LEFT = { box: box(0, 0, 5 / 9, 1) };
const RIGHT = { box: box(4 / 9, 0, 5 / 9, 1) };
/** What a tile shows of a thing, in fractions of the tile. */
function shownIn({ box: tile }: { box: BoundingBox }, thing: BoundingBox): BoundingBox {
  const left = Math.max(thing.left, tile.left);
  const right = Math.min(thing.left + thing.width, tile.left + tile.width);
  return box((left - tile.left) / tile.width, thing.top, (right - left) / tile.width, thing.height);
}
const close = (expected: BoundingBox) =>
  Object.fromEntries(Object.entries(expected).map(([side, value]) => [side, expect.closeTo(value, 6)]));

describe('the predictions of one part', () => {
  it('stay the service’s own, in its order', async () => {
    const own = [seen('a', 0.2, box(0, 0, 1, 1)), seen('a', 0.9, box(0, 0, 1, 1)), seen('b', 0.5)];
    expect(await mergeParts([{ box: WHOLE }], [own])).toEqual(own);
  });

  it('on padding are mapped back to the picture, and those beside it left out', async () => {
    const padded = { box: box(0, -0.5, 1, 2) };
    const merged = await mergeParts(
      [padded],
      [
        [
          seen('bar', 0.9, box(0, 0, 1, 0.2)),
          seen('a', 0.5, box(0.2, 0.1, 0.1, 0.4)),
          seen('b', 0.6, box(0, 0.5, 1, 0.25)),
        ],
      ],
    );
    expect(merged.map(({ tagName }) => tagName)).toEqual(['a', 'b']);
    expect(merged.map(({ boundingBox }) => boundingBox)).toEqual([
      close(box(0.2, 0, 0.1, 0.5)),
      close(box(0, 0.5, 1, 0.5)),
    ]);
  });
});

describe('the predictions of several parts', () => {
  const tiles = [{ box: WHOLE }, LEFT, RIGHT];

  it('name a thing once that several parts show, with the best probability, and things apart each', async () => {
    const thing = box(0.47, 0.3, 0.04, 0.1);
    const other = box(0.8, 0.3, 0.04, 0.1);
    const merged = await mergeParts(tiles, [
      [seen('apple', 0.6, thing)],
      [seen('apple', 0.9, shownIn(LEFT, thing))],
      [seen('apple', 0.8, shownIn(RIGHT, thing)), seen('apple', 0.7, shownIn(RIGHT, other))],
    ]);
    expect(merged.map(({ probability }) => probability)).toEqual([0.9, 0.7]);
    expect(merged[0]?.boundingBox).toEqual(close(thing));
    expect(merged[1]?.boundingBox).toEqual(close(other));
  });

  it('keep things of two tags in one place', async () => {
    const thing = box(0.47, 0.3, 0.04, 0.1);
    const merged = await mergeParts(
      [LEFT, RIGHT],
      [[seen('apple', 0.6, shownIn(LEFT, thing))], [seen('pear', 0.8, shownIn(RIGHT, thing))]],
    );
    expect(merged.map(({ tagName }) => tagName)).toEqual(['pear', 'apple']);
  });

  it('join the two pieces of a thing that is cut by both tiles', async () => {
    const long = box(0.2, 0.4, 0.6, 0.1);
    const merged = await mergeParts(
      [LEFT, RIGHT],
      [[seen('train', 0.7, shownIn(LEFT, long))], [seen('train', 0.8, shownIn(RIGHT, long))]],
    );
    expect(merged).toEqual([{ ...seen('train', 0.8), boundingBox: close(long) }]);
  });

  it('leave out a cut piece of what another part shows whole', async () => {
    const thing = box(0.46, 0.4, 0.2, 0.2);
    const merged = await mergeParts(
      [LEFT, RIGHT],
      [[seen('apple', 0.7, shownIn(LEFT, thing))], [seen('apple', 0.8, shownIn(RIGHT, thing))]],
    );
    expect(merged).toEqual([{ ...seen('apple', 0.8), boundingBox: close(thing) }]);
  });

  it('do not join two things that only lie beside each other', async () => {
    const first = box(0.3, 0.4, 0.2, 0.1);
    const second = box(0.51, 0.4, 0.2, 0.1);
    const merged = await mergeParts(
      [LEFT, RIGHT],
      [
        [seen('apple', 0.7, shownIn(LEFT, first)), seen('apple', 0.6, shownIn(LEFT, second))],
        [seen('apple', 0.8, shownIn(RIGHT, second)), seen('apple', 0.65, shownIn(RIGHT, first))],
      ],
    );
    expect(merged.map(({ boundingBox }) => boundingBox)).toEqual([close(second), close(first)]);
  });

  it('must be as many as the parts', async () => {
    await expect(mergeParts(tiles, [[]])).rejects.toThrow('Expected predictions of 3 parts, got 1.');
  });
});

describe('whatever the parts predict', () => {
  const fraction = fc.double({ min: 0, max: 1, noNaN: true });
  const boxes = fc
    .tuple(fraction, fraction, fraction, fraction)
    .map(([left, top, width, height]) => box(left, top, width * (1 - left), height * (1 - top)));
  const predictions = fc.array(
    fc
      .tuple(fc.constantFrom('a', 'b'), fraction, boxes)
      .map(([tag, probability, at]) => seen(tag, probability, at)),
    { maxLength: 12 },
  );
  const parts = [{ box: WHOLE }, LEFT, RIGHT, { box: box(0, -0.1, 1, 1.2) }];
  const answers = fc.tuple(predictions, predictions, predictions, predictions);

  it('boxes lie in the picture, none is there twice, the most probable come first', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (given) => {
        const merged = await mergeParts(parts, given);
        for (const [index, { tagId, probability, boundingBox: at = WHOLE }] of merged.entries()) {
          expect(Math.min(at.left, at.top)).toBeGreaterThanOrEqual(0);
          expect(Math.max(at.left + at.width, at.top + at.height)).toBeLessThanOrEqual(1 + 1e-9);
          for (const later of merged.slice(index + 1)) {
            expect(later.probability).toBeLessThanOrEqual(probability);
            if (later.tagId === tagId)
              expect(overlap(at, later.boundingBox ?? WHOLE)).toBeLessThanOrEqual(MOST_OVERLAP);
          }
        }
      }),
    );
  });

  it('suppressing twice is suppressing once', async () => {
    await fc.assert(
      fc.asyncProperty(predictions, async (given) => {
        const once = await suppress(given);
        expect(await suppress(once)).toEqual(once);
      }),
    );
  });

  it('every tag that is seen stays', async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (given) => {
        const tags = (from: readonly Prediction[]) => new Set(from.map(({ tagId }) => tagId));
        const visible = await Promise.all(
          given.map((ones, index) => mergeParts([parts[index] ?? LEFT], [ones])),
        );
        expect(tags(await mergeParts(parts, given))).toEqual(tags(visible.flat()));
      }),
    );
  });

  it('thousands of boxes of one tag never hold the event loop', async () => {
    const many = parts.map((_, part) =>
      Array.from({ length: 700 }, (_unused, index) =>
        seen('a', 0.5, box(((index * 37 + part) % 90) / 100, ((index * 53) % 90) / 100, 0.1, 0.1)),
      ),
    );
    const started = performance.now();
    expect(await longestBlock(() => mergeParts(parts, many))).toBeLessThan(LONGEST_BLOCK_MS);
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});
