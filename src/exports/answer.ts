import { KeylessError } from '../errors/errors.ts';
import { byProbability, type Prediction } from '../prediction.ts';
import { stableUuid } from './stableUuid.ts';

export type Task = 'classify' | 'detect';

/** What a model says about one tag; `sides` are left, top, right, bottom in fractions of what it was shown. */
export type Score = { tag: number; probability: number; sides?: readonly [number, number, number, number] };

/** The part of the upright picture that a model was shown, in fractions: all of it, or its middle square. */
export type Shown = { left: number; top: number; width: number; height: number };

/** An export knows but one type of tag. */
export type ExportPrediction = Prediction & { tagType: 'Regular' };

const rounded = (value: number) => Math.round(value * 1e8) / 1e8;
const clamped = (value: number) => Math.min(1, Math.max(0, value));
/** Sums of floats end a little beside 1. */
const TOLERANCE = 1e-3;

/** An export carries no tag ids, so they are made from the names. */
type Tag = { tagId: string; tagName: string };
export const tagsOf = (names: readonly string[]): Tag[] =>
  names.map((tagName) => ({ tagId: stableUuid(`tag ${tagName}`), tagName }));

/** Scores in the service's words, highest probability first. What is no probability, or of no tag, is a fault. */
export const toPredictions = (
  scores: readonly Score[],
  tags: readonly Tag[],
  shown: Shown,
): ExportPrediction[] => byProbability(scores.map((score) => toPrediction(score, tags, shown)));

function toPrediction(
  { tag: number, probability, sides }: Score,
  tags: readonly Tag[],
  shown: Shown,
): ExportPrediction {
  const tag = tags[number];
  if (tag === undefined) {
    throw new KeylessError(
      'ExportInvalid',
      `The model answered with tag number ${number}, but there are ${tags.length} labels.`,
      { fix: 'Take model and labels from the same export.' },
    );
  }
  if (!(probability >= -TOLERANCE && probability <= 1 + TOLERANCE)) {
    throw new KeylessError(
      'ExportInvalid',
      `The model answered ${probability} for ${JSON.stringify(tag.tagName)}, which is no probability.`,
    );
  }
  const prediction: ExportPrediction = {
    probability: rounded(clamped(probability)),
    ...tag,
    tagType: 'Regular',
  };
  if (sides === undefined) return prediction;
  const [left, top, right, bottom] = sides;
  const across = (side: number) => clamped(shown.left + clamped(side) * shown.width);
  const down = (side: number) => clamped(shown.top + clamped(side) * shown.height);
  const box = { left: across(left), top: down(top) };
  return {
    ...prediction,
    boundingBox: {
      left: rounded(box.left),
      top: rounded(box.top),
      width: rounded(Math.max(0, across(right) - box.left)),
      height: rounded(Math.max(0, down(bottom) - box.top)),
    },
  };
}
