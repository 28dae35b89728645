import type { Ranking, Scored } from './ranking.ts';

/** What holds where answers from `probability` on are accepted. */
export type Point = { probability: number; accepted: number; right: number; truths: number };

/**
 * A point for each probability that was answered, the highest first: answers of the same probability are accepted
 * together. Of several rankings all answers together.
 */
export function curveOf(rankings: readonly Ranking[]): Point[] {
  const truths = rankings.reduce((sum, each) => sum + each.truths, 0);
  const all: Scored[] = rankings.flatMap(({ scored }) => scored);
  const sorted = rankings.length === 1 ? all : all.toSorted((a, b) => b.probability - a.probability);
  const points: Point[] = [];
  let right = 0;
  for (const [index, each] of sorted.entries()) {
    if (each.right) right += 1;
    if (sorted[index + 1]?.probability === each.probability) continue;
    points.push({ probability: each.probability, accepted: index + 1, right, truths });
  }
  return points;
}

/** Undefined where nothing is accepted: no share of nothing. */
export const precisionOf = ({ accepted, right }: Point): number | undefined =>
  accepted > 0 ? right / accepted : undefined;

export const recallOf = ({ right, truths }: Point): number | undefined =>
  truths > 0 ? right / truths : undefined;

/** The harmonic mean of precision and recall, 2TP / (2TP + FP + FN); undefined where there is neither truth nor answer. */
export const f1Of = ({ accepted, right, truths }: Point): number | undefined =>
  accepted + truths > 0 ? (2 * right) / (accepted + truths) : undefined;

/** What holds at a threshold. */
export function pointAt(rankings: readonly Ranking[], probability: number): Point {
  const point = { probability, accepted: 0, right: 0, truths: 0 };
  for (const { truths, scored } of rankings) {
    point.truths += truths;
    for (const each of scored) {
      if (each.probability < probability) break;
      point.accepted += 1;
      if (each.right) point.right += 1;
    }
  }
  return point;
}
