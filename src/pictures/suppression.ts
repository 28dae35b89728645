import { byProbability, type Prediction } from '../prediction.ts';
import { overlap } from './boxes.ts';
import { takingTurns } from './turns.ts';

/** Intersection over union; Custom Vision’s own exports use it too. */
export const MOST_OVERLAP = 0.45;

/**
 * Non-maximum suppression per tag, most probable first: of boxes that overlap more than the limit one is left, and of a
 * tag without boxes one.
 */
export async function suppress(predictions: readonly Prediction[]): Promise<Prediction[]> {
  const turn = takingTurns();
  const left: Prediction[] = [];
  const ofTag = new Map<string, Prediction[]>();
  for (const prediction of byProbability(predictions)) {
    await turn();
    const rivals = ofTag.get(prediction.tagId) ?? [];
    if (rivals.some((rival) => isSame(rival, prediction))) continue;
    rivals.push(prediction);
    ofTag.set(prediction.tagId, rivals);
    left.push(prediction);
  }
  return left;
}

function isSame(a: Prediction, b: Prediction): boolean {
  if (!a.boundingBox || !b.boundingBox) return a.boundingBox === b.boundingBox;
  return overlap(a.boundingBox, b.boundingBox) > MOST_OVERLAP;
}
