import { curveOf, f1Of, type Point, pointAt } from './curve.ts';
import type { Ranking } from './ranking.ts';

export type Thresholds = {
  /** At 0.05, 0.10 … 0.95. */
  table: Point[];
  inUse: Point;
  /** The one with the best F1 over all tags, as a setting; undefined where nothing is to be found. */
  best?: Point;
};

export function thresholdsOf(rankings: readonly Ranking[], threshold: number): Thresholds {
  const table = Array.from({ length: 19 }, (_, index) => pointAt(rankings, (index + 1) / 20));
  const best = bestOf(curveOf(rankings).filter(({ probability }) => probability > 0));
  return { table, inUse: pointAt(rankings, threshold), ...(best && { best }) };
}

/**
 * Any threshold above the next lower probability accepts the same; the middle of that gap, in as few digits as stay in
 * it, depends least on a single picture. Of equals the one with the widest gap.
 */
function bestOf(points: readonly Point[]): Point | undefined {
  let best: { point: Point; f1: number; gap: number } | undefined;
  for (const [index, point] of points.entries()) {
    const f1 = f1Of(point) ?? 0;
    const below = points[index + 1]?.probability ?? 0;
    const gap = point.probability - below;
    if (f1 === 0 || (best && (f1 < best.f1 || (f1 === best.f1 && gap <= best.gap)))) continue;
    best = { point: { ...point, probability: between(below, point.probability) }, f1, gap };
  }
  return best?.point;
}

/** The middle in two digits or more, above `below` and at most `at`. */
function between(below: number, at: number): number {
  for (let digits = 2; digits <= 9; digits += 1) {
    const middle = Number(((below + at) / 2).toFixed(digits));
    if (middle > below && middle <= at) return middle;
  }
  return at;
}
