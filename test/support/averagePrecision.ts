import type { DrawnBox } from '../../local/drawing/scene.ts';
import { area, commonArea, type Rectangle } from '../../local/drawing/shape.ts';
import type { Prediction } from '../../local/prediction/predictor.ts';

export type ScoredScene = { boxes: readonly DrawnBox[]; predictions: readonly Prediction[] };

const overlap = (a: Rectangle, b: Rectangle) => {
  const common = commonArea(a, b);
  return common / (area(a) + area(b) - common);
};

/**
 * AP50 over all tags together: a prediction is right when it covers a box of its tag by at least half (intersection over
 * union) that no stronger prediction of its scene took; the area under precision over recall, precision made monotonic.
 */
export function averagePrecision(scenes: readonly ScoredScene[]): number {
  const total = scenes.reduce((sum, { boxes }) => sum + boxes.length, 0);
  const ranked = scenes.flatMap(judge).sort((a, b) => b.probability - a.probability);
  let right = 0;
  const points = ranked.map((one, i) => {
    if (one.right) right++;
    return { recall: right / total, precision: right / (i + 1) };
  });
  let result = 0;
  let best = 0;
  for (let i = points.length - 1; i >= 0; i--) {
    const { recall, precision } = points[i] ?? { recall: 0, precision: 0 };
    best = Math.max(best, precision);
    result += (recall - (points[i - 1]?.recall ?? 0)) * best;
  }
  return result;
}

function judge({ boxes, predictions }: ScoredScene): { probability: number; right: boolean }[] {
  const free = new Set(boxes);
  return predictions
    .toSorted((a, b) => b.probability - a.probability)
    .map(({ probability, tagName, boundingBox }) => {
      const taken = [...free].find(
        (box) => boundingBox && box.tagName === tagName && overlap(box, boundingBox) >= 0.5,
      );
      if (taken) free.delete(taken);
      return { probability, right: taken !== undefined };
    });
}
