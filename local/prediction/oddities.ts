import type { ImagePrediction } from './answers.ts';

/**
 * What the service's contract leaves open, or has beside the usual: predictions in no order · members that no client
 * knows · every second detection without its box, which is optional · the tag Negative, of projects that have one ·
 * Retry-After as a date.
 */
export type Oddity = 'unsorted' | 'unknown members' | 'missing boxes' | 'negative tag' | 'dated Retry-After';

type Prediction = Omit<ImagePrediction['predictions'][number], 'tagType'> & { tagType: string };
type Answer = Omit<ImagePrediction, 'predictions'> & { predictions: Prediction[] };

/** An answer as an account with these oddities would give it. */
export function oddAnswer(answer: ImagePrediction, oddities: ReadonlySet<Oddity>): Answer {
  let predictions: Prediction[] = [...answer.predictions];
  if (oddities.has('negative tag')) predictions = [...predictions, NEGATIVE];
  if (oddities.has('missing boxes'))
    predictions = predictions.map(({ boundingBox, ...others }, index) =>
      boundingBox && index % 2 === 0 ? { ...others, boundingBox } : others,
    );
  if (oddities.has('unsorted'))
    predictions = predictions.toSorted(
      (a, b) => a.tagId.localeCompare(b.tagId) || a.probability - b.probability,
    );
  if (!oddities.has('unknown members')) return { ...answer, predictions };
  return {
    ...answer,
    ...{ novelty: { of: 'a later version' } },
    predictions: predictions.map((each) => ({ ...each, novelty: [1, null], tag: { novelty: true } })),
  };
}

/** https://learn.microsoft.com/azure/ai-services/custom-vision-service/getting-started-improving-your-classifier#negative-images */
const NEGATIVE: Prediction = {
  probability: 0.0625,
  tagId: '5a1f0c3e-7b2d-4e69-8c10-2f3d4e5a6b7c',
  tagName: 'Negative',
  tagType: 'Negative',
};

/** Headers of a refusal; a date is of whole seconds, so it is rounded up. */
export function oddHeaders(
  headers: Readonly<Record<string, string>>,
  oddities: ReadonlySet<Oddity>,
): Record<string, string> {
  const seconds = headers['retry-after'];
  if (seconds === undefined || !oddities.has('dated Retry-After')) return { ...headers };
  const until = Math.ceil(Date.now() / 1000 + Number(seconds)) * 1000;
  return { ...headers, 'retry-after': new Date(until).toUTCString() };
}
