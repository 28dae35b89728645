import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sidesFit } from '../../src/pictures/limits.ts';
import { MOST_TILES, OVERLAP, tilesOf } from '../../src/pictures/tiles.ts';

const side = fc.integer({ min: 10, max: 40_000 });

/** The stretches that tiles take of one side, each once. */
const stretches = (tiles: readonly { at: number; length: number }[]) =>
  [...new Map(tiles.map((tile) => [tile.at, tile])).values()].sort((a, b) => a.at - b.at);

describe('tiles', () => {
  it('cover the whole picture, lie in it, and overlap by a fifth', () => {
    fc.assert(
      fc.property(side, side, fc.integer({ min: 2, max: 40 }), (width, height, wanted) => {
        const tiles = tilesOf({ width, height }, wanted);
        for (const [length, along] of [
          [width, stretches(tiles.map((tile) => ({ at: tile.left, length: tile.width })))],
          [height, stretches(tiles.map((tile) => ({ at: tile.top, length: tile.height })))],
        ] as const) {
          expect(along[0]?.at).toBe(0);
          const last = along.at(-1);
          expect((last?.at ?? 0) + (last?.length ?? 0)).toBe(length);
          for (const [index, next] of along.slice(1).entries()) {
            const before = along[index] ?? { at: 0, length: 0 };
            const common = before.at + before.length - next.at;
            expect(common).toBeGreaterThanOrEqual(Math.floor(OVERLAP * next.length) - 1);
          }
        }
      }),
    );
  });

  it('are as many as wanted or a few more, two at least and nine at most; eight where nine would be over a limit', () => {
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 40 }), (width, height, wanted) => {
        const tiles = tilesOf({ width, height }, wanted);
        const { length } = tiles;
        const enough = Math.max(2, Math.min(MOST_TILES, wanted));
        if (length < enough) expect([length, tiles.every(sidesFit)]).toEqual([8, true]);
        expect(length).toBeLessThanOrEqual(MOST_TILES);
      }),
    );
  });

  it.each([
    [{ width: 4000, height: 6000 }, 4, [2, 2]],
    [{ width: 6000, height: 4000 }, 5, [3, 2]],
    [{ width: 6000, height: 4000 }, 2, [2, 1]],
    [{ width: 12_000, height: 400 }, 2, [2, 1]],
    [{ width: 30_000, height: 900 }, 3, [4, 1]],
  ])('of %o, %i wanted, stand in columns and rows of %o', (picture, wanted, [columns, rows]) => {
    const tiles = tilesOf(picture, wanted);
    expect(new Set(tiles.map(({ left }) => left)).size).toBe(columns);
    expect(new Set(tiles.map(({ top }) => top)).size).toBe(rows);
  });
});
