import { overlap } from '../../pictures/boxes.ts';
import type { Prediction } from '../../prediction.ts';

export type BoxMatch = {
  /** Intersection over union of each pair, 0..1. */
  overlaps: number[];
  onlyA: number;
  onlyB: number;
};

/** Pairs boxes of the same tag, those that overlap most first; each box once, and none with a box that it does not touch. */
export function matchBoxes(a: readonly Prediction[], b: readonly Prediction[]): BoxMatch {
  const candidates = a.flatMap((one, indexA) =>
    b.flatMap((other, indexB) => {
      if (one.tagName !== other.tagName || !one.boundingBox || !other.boundingBox) return [];
      const share = overlap(one.boundingBox, other.boundingBox);
      return share > 0 ? [{ indexA, indexB, share }] : [];
    }),
  );
  const [usedA, usedB] = [new Set<number>(), new Set<number>()];
  const overlaps: number[] = [];
  for (const { indexA, indexB, share } of candidates.toSorted((x, y) => y.share - x.share)) {
    if (usedA.has(indexA) || usedB.has(indexB)) continue;
    usedA.add(indexA);
    usedB.add(indexB);
    overlaps.push(share);
  }
  return { overlaps, onlyA: a.length - overlaps.length, onlyB: b.length - overlaps.length };
}
