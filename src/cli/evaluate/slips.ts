import type { Prediction } from '../../prediction.ts';
import type { Judged, Task } from './evaluation.ts';
import { matchTag } from './figures/matching.ts';
import type { Labelled } from './truth/truth.ts';

/** A picture of which something else was accepted than what is true. */
export type Slip = {
  picture: Labelled;
  /** Accepted, and not there; of boxes once a box. */
  extra: { tag: string; probability: number }[];
  /** There, and not accepted. */
  missing: string[];
  /** What the model finds most probable. */
  top?: Prediction;
  /** All that was accepted, for drawings. */
  accepted: readonly Prediction[];
  /** How sure it is of its mistake: of something extra its probability, of something missing how far it was from it. */
  surest: number;
};

/** Undefined where the picture is right. */
export function slipOf({ picture, answer }: Judged, task: Task, threshold: number): Slip | undefined {
  const accepted = answer.filter(({ probability }) => probability >= threshold);
  const { extra, missing } =
    task === 'boxes' ? boxSlips(picture, accepted) : tagSlips(picture.tags, accepted);
  if (extra.length + missing.length === 0) return undefined;
  const probabilityOf = (tag: string) => answer.find(({ tagName }) => tagName === tag)?.probability ?? 0;
  const [top] = answer;
  return {
    ...{ picture, extra, missing, accepted },
    ...(top && { top }),
    surest: Math.max(
      ...extra.map(({ probability }) => probability),
      ...missing.map((tag) => 1 - probabilityOf(tag)),
    ),
  };
}

const tagSlips = (
  tags: readonly string[],
  accepted: readonly Prediction[],
): Pick<Slip, 'extra' | 'missing'> => ({
  extra: accepted
    .filter(({ tagName }) => !tags.includes(tagName))
    .map(({ tagName: tag, probability }) => ({ tag, probability })),
  missing: tags.filter((tag) => !accepted.some(({ tagName }) => tagName === tag)),
});

/** Boxes count as the same from an overlap of 0.5. */
function boxSlips({ drawn }: Labelled, accepted: readonly Prediction[]): Pick<Slip, 'extra' | 'missing'> {
  const boxes = drawn?.boxes ?? [];
  const tags = new Set([...boxes.map(({ tag }) => tag), ...accepted.map(({ tagName }) => tagName)]);
  const extra: Slip['extra'] = [];
  const missing: string[] = [];
  for (const tag of tags) {
    const matched = matchTag({ boxes, answer: accepted }, tag, 0.5);
    extra.push(...matched.flatMap(({ right, probability }) => (right ? [] : [{ tag, probability }])));
    const found = matched.filter(({ right }) => right).length;
    const truths = boxes.filter((box) => box.tag === tag && !box.crowd).length;
    missing.push(...Array.from({ length: truths - found }, () => tag));
  }
  return { extra, missing };
}
