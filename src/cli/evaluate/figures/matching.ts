import { area, intersection, overlap } from '../../../pictures/boxes.ts';
import { type BoundingBox, byProbability, type Prediction } from '../../../prediction.ts';
import type { TrueBox } from '../truth/truth.ts';
import type { Ranking, Scored } from './ranking.ts';

export type BoxedAnswer = { boxes: readonly TrueBox[]; answer: readonly Prediction[] };

/** Of each picture and tag no more answers count: maxDets of pycocotools/cocoeval.py. */
const MOST_ANSWERS = 100;
/** A share that is equal but for rounding is enough; ibid., evaluateImg. */
const ALMOST_ALL = 1 - 1e-10;

/**
 * For a detector each answered box is right where it covers a true box of its tag by at least `least` (intersection over
 * union) that no more probable answer took; matched as evaluateImg of pycocotools/cocoeval.py does. Answers that lie in a
 * crowd count for nothing.
 */
export function rankBoxes(
  pictures: readonly BoxedAnswer[],
  tags: readonly string[],
  least: number,
): Ranking[] {
  const rankings = tags.map((tag) => ({ tag, truths: 0, scored: [] as Scored[] }));
  const byTag = new Map(rankings.map((ranking) => [ranking.tag, ranking]));
  for (const { boxes, answer } of pictures) {
    const truths = Map.groupBy(boxes, ({ tag }) => tag);
    const answers = Map.groupBy(answer, ({ tagName }) => tagName);
    for (const tag of new Set([...truths.keys(), ...answers.keys()])) {
      const own = truths.get(tag) ?? [];
      const ranking = byTag.get(tag);
      if (!ranking) continue;
      ranking.truths += own.filter(({ crowd }) => !crowd).length;
      ranking.scored.push(...match(own, answers.get(tag) ?? [], least));
    }
  }
  return rankings.map((ranking) => ({ ...ranking, scored: byProbability(ranking.scored) }));
}

/** The answers of one picture about one tag, the most probable first. */
export const matchTag = ({ boxes, answer }: BoxedAnswer, tag: string, least: number): Scored[] =>
  match(
    boxes.filter((box) => box.tag === tag),
    answer.filter(({ tagName }) => tagName === tag),
    least,
  );

function match(boxes: readonly TrueBox[], answered: readonly Prediction[], least: number): Scored[] {
  const truths = boxes.toSorted((a, b) => Number(a.crowd) - Number(b.crowd));
  const answers = byProbability(answered);
  const taken = new Set<TrueBox>();
  return answers.slice(0, MOST_ANSWERS).flatMap(({ probability, boundingBox }): Scored[] => {
    const matched = boundingBox && bestOf(truths, taken, boundingBox, least);
    if (!matched) return [{ probability, right: false }];
    taken.add(matched);
    return matched.crowd ? [] : [{ probability, right: true }];
  });
}

/** The free one that it covers most, of equals the last; a crowd, which several may lie in, where there is no other. */
function bestOf(
  truths: readonly TrueBox[],
  taken: ReadonlySet<TrueBox>,
  answered: BoundingBox,
  least: number,
): TrueBox | undefined {
  let [best, most]: [TrueBox | undefined, number] = [undefined, Math.min(least, ALMOST_ALL)];
  for (const truth of truths) {
    if (taken.has(truth) && !truth.crowd) continue;
    if (best && !best.crowd && truth.crowd) break;
    const covered = truth.crowd ? shareInside(answered, truth.box) : overlap(answered, truth.box);
    if (covered < most) continue;
    [best, most] = [truth, covered];
  }
  return best;
}

/** How much of the answer lies in the crowd. */
const shareInside = (answered: BoundingBox, crowd: BoundingBox): number =>
  area(answered) > 0 ? area(intersection(answered, crowd)) / area(answered) : 0;
