import type { Annotations, Tag } from '../pictures/drawing/annotations.ts';
import { byProbability } from '../prediction.ts';
import type { DocumentResult } from './document.ts';

/** Captions of one classifier; more would hide the picture. */
const MOST_TAGS = 3;

type Result = Pick<DocumentResult, 'model' | 'task' | 'predictions' | 'accepted'>;

/**
 * What of a document is drawn over its picture: boxes of detectors, captions of classifiers and of failures; the
 * accepted predictions, or those at or above another threshold.
 */
export function annotationsOf(
  { error, results }: { error?: { code: string }; results: readonly Result[] },
  threshold: number | undefined,
): Annotations {
  if (error) return { boxes: [], captions: [`failed: ${error.code}`] };
  const shown = results.map((result) => ({
    ...result,
    chosen: chosen(result, threshold),
    before: results.length > 1 ? `${result.model}: ` : '',
  }));
  return {
    boxes: shown
      .flatMap((result) => result.chosen)
      .flatMap(({ tagName, probability, boundingBox: box }) => (box ? [{ tagName, probability, box }] : [])),
    captions: shown.flatMap((result): (Tag | string)[] => {
      if (result.chosen.length === 0) return [`${result.before}nothing above the threshold`];
      if (result.task === 'detect') return [];
      return result.chosen
        .slice(0, MOST_TAGS)
        .map(({ tagName, probability }) => ({ tagName, probability, before: result.before }));
    }),
  };
}

function chosen({ predictions, accepted }: Result, threshold: number | undefined) {
  const those =
    threshold === undefined ? accepted : predictions.filter(({ probability }) => probability >= threshold);
  return byProbability(those);
}
