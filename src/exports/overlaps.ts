import type { Score } from './answer.ts';

type Sides = NonNullable<Score['sides']>;

/** The best boxes of each tag, without those that overlap a better one of the same tag too much. */
export function best(scores: readonly Score[], mostOverlap: number, most: number): Score[] {
  const chosen: Score[] = [];
  for (const score of scores.toSorted((a, b) => b.probability - a.probability)) {
    if (chosen.length >= most) break;
    const isSeen = chosen.some(
      ({ tag, sides }) =>
        tag === score.tag && sides && score.sides && overlap(sides, score.sides) > mostOverlap,
    );
    if (!isSeen) chosen.push(score);
  }
  return chosen;
}

const areaOf = ([left, top, right, bottom]: Sides): number =>
  Math.max(0, right - left) * Math.max(0, bottom - top);

/** Intersection over union. */
function overlap(a: Sides, b: Sides): number {
  const shared = areaOf([
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
    Math.min(a[2], b[2]),
    Math.min(a[3], b[3]),
  ]);
  return shared === 0 ? 0 : shared / (areaOf(a) + areaOf(b) - shared);
}
