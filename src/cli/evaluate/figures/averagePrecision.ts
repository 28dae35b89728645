import { curveOf } from './curve.ts';
import type { Ranking } from './ranking.ts';

/**
 * Average precision of a classifier’s tag: the sum over all probabilities of precision times the gain in recall, without
 * interpolation: https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html.
 * 0 to 1; undefined where nothing is to be found.
 */
export function averagePrecision(ranking: Ranking): number | undefined {
  if (ranking.truths === 0) return undefined;
  let [sum, before] = [0, 0];
  for (const { accepted, right } of curveOf([ranking])) {
    sum += ((right - before) / ranking.truths) * (right / accepted);
    before = right;
  }
  return sum;
}

/** np.linspace(0, 1, 101) of pycocotools/cocoeval.py, to the bit. */
const RECALLS = Array.from({ length: 101 }, (_, index) => (index === 100 ? 1 : index * 0.01));

/**
 * Average precision of a detector’s tag as COCO defines it: the mean, over the recalls 0, 0.01 … 1, of the highest
 * precision at that recall or above, 0 where it is not reached: accumulate of pycocotools/cocoeval.py
 * (https://github.com/cocodataset/cocoapi). Answers of the same probability keep the order of their pictures. 0 to 1;
 * undefined where nothing is to be found.
 */
export function interpolatedPrecision({ scored, truths }: Ranking): number | undefined {
  if (truths === 0) return undefined;
  let right = 0;
  const recalls: number[] = [];
  const precisions: number[] = [];
  for (const [index, each] of scored.entries()) {
    if (each.right) right += 1;
    recalls.push(right / truths);
    precisions.push(right / (index + 1));
  }
  for (let index = precisions.length - 1; index > 0; index -= 1)
    precisions[index - 1] = Math.max(precisions[index - 1] ?? 0, precisions[index] ?? 0);
  let [at, sum] = [0, 0];
  for (const recall of RECALLS) {
    while (at < recalls.length && (recalls[at] ?? 0) < recall) at += 1;
    sum += precisions[at] ?? 0;
  }
  return sum / RECALLS.length;
}

/** Of the tags that have one; undefined where none has. */
export function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const told = values.filter((value) => value !== undefined);
  return told.length > 0 ? told.reduce((sum, value) => sum + value, 0) / told.length : undefined;
}
