import { aspectOf, type Size, sidesFit } from './limits.ts';
import type { Region } from './shrink.ts';

/** Each tile is one more call of Custom Vision. */
export const MOST_TILES = 9;
/** Of a tile’s side; what is smaller lies whole in one of two neighbours. */
export const OVERLAP = 0.2;
/** Long side to short; rather more tiles than longer ones. */
const COMPACT = 2;

type Grid = { columns: number; rows: number; tile: Size };

/** Divides a picture into at least two and at most nine equal overlapping tiles: `wanted` or a few more, none long where that can be. */
export function tilesOf(picture: Size, wanted: number): Region[] {
  const enough = Math.min(MOST_TILES, wanted);
  const rank = ({ columns, rows, tile }: Grid): number[] => [
    sidesFit(tile) ? 0 : 1,
    columns * rows >= enough ? 0 : 1,
    aspectOf(tile) <= COMPACT ? 0 : 1,
    columns * rows,
    aspectOf(tile),
  ];
  const [best] = grids(picture).sort((a, b) => compare(rank(a), rank(b)));
  if (!best) return [];
  const lefts = starts(picture.width, best.tile.width, best.columns);
  const tops = starts(picture.height, best.tile.height, best.rows);
  return tops.flatMap((top) => lefts.map((left) => ({ left, top, ...best.tile })));
}

function grids({ width, height }: Size): Grid[] {
  const found: Grid[] = [];
  for (let columns = 1; columns <= Math.min(MOST_TILES, width); columns += 1) {
    for (let rows = 1; columns * rows <= MOST_TILES && rows <= height; rows += 1) {
      if (columns * rows < 2) continue;
      found.push({
        columns,
        rows,
        tile: { width: tileSide(width, columns), height: tileSide(height, rows) },
      });
    }
  }
  return found;
}

const tileSide = (side: number, count: number): number => Math.ceil(side / (count - (count - 1) * OVERLAP));

const starts = (side: number, tile: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) =>
    count === 1 ? 0 : Math.round((index * (side - tile)) / (count - 1)),
  );

function compare(a: number[], b: number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
