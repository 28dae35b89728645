import type { InferenceSession } from '../../local/onnx/runtime.ts';
import type { Prediction, Task } from './predictor.ts';
import { stableUuid } from './stableUuid.ts';

/** What a model says about one tag; `sides` are left, top, right, bottom in fractions of the picture. */
export type Score = { tag: number; probability: number; sides?: readonly [number, number, number, number] };

export type Results = InferenceSession.OnnxValueMapType;
export type Outputs = readonly InferenceSession.ValueMetadata[];

/** How the answers of one kind of export are read. */
export type ExportKind = { task: Task; readScores(results: Results): Score[] };

/** Gives the kind when the outputs are its own, else undefined. */
export type KindTest = (outputs: Outputs, tagCount: number) => ExportKind | undefined;

const rounded = (value: number) => Math.round(value * 1e8) / 1e8;
const clamped = (value: number) => Math.min(1, Math.max(0, value));

/** Scores in the service's words, highest probability first. A score for a tag without a name is an error. */
export const toPredictions = (scores: readonly Score[], tagNames: readonly string[]): Prediction[] =>
  scores.map((score) => toPrediction(score, tagNames)).sort((a, b) => b.probability - a.probability);

function toPrediction({ tag, probability, sides }: Score, tagNames: readonly string[]): Prediction {
  const tagName = tagNames[tag];
  if (tagName === undefined) {
    throw new RangeError(
      `The model answered with tag number ${tag}, but there are ${tagNames.length} labels.`,
    );
  }
  // An export carries no tag ids, so the id is made from the name.
  const prediction: Prediction = {
    probability: rounded(probability),
    tagId: stableUuid(`tag ${tagName}`),
    tagName,
    tagType: 'Regular',
  };
  if (sides === undefined) return prediction;
  const [left, top, right, bottom] = sides;
  const box = { left: clamped(left), top: clamped(top) };
  return {
    ...prediction,
    boundingBox: {
      left: rounded(box.left),
      top: rounded(box.top),
      width: rounded(clamped(right) - box.left),
      height: rounded(clamped(bottom) - box.top),
    },
  };
}
