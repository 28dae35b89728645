import type { Prediction } from '../prediction.ts';
import { overlap } from './boxes.ts';

/** Intersection over union; Custom Vision’s own exports use it too. */
export const MOST_OVERLAP = 0.45;

/**
 * Non-maximum suppression per tag, most probable first: of boxes that overlap more than the limit one is left, and of a
 * tag without boxes one.
 */
export function suppress(predictions: readonly Prediction[]): Prediction[] {
  const kept = new Map<string, Prediction[]>();
  return byProbability(predictions).filter((prediction) => {
    const rivals = kept.get(prediction.tagId) ?? [];
    if (rivals.some((rival) => isSame(rival, prediction))) return false;
    rivals.push(prediction);
    kept.set(prediction.tagId, rivals);
    return true;
  });
}

export const byProbability = <T extends { probability: number }>(predictions: readonly T[]): T[] =>
  predictions.toSorted((a, b) => b.probability - a.probability);

function isSame(a: Prediction, b: Prediction): boolean {
  if (!a.boundingBox || !b.boundingBox) return a.boundingBox === b.boundingBox;
  return overlap(a.boundingBox, b.boundingBox) > MOST_OVERLAP;
}
