import { byProbability, type Prediction } from '../../../prediction.ts';

/** One answer about one tag: how probable the model finds it, and whether it is true. */
export type Scored = { probability: number; right: boolean };

/** All answers about one tag over all pictures, the most probable first, and how many there are to be found. */
export type Ranking = { tag: string; truths: number; scored: readonly Scored[] };

export type TaggedAnswer = { tags: readonly string[]; answer: readonly Prediction[] };

/**
 * For a classifier each picture asks once about each tag: is it there? A tag that an answer does not name counts as
 * answered with 0.
 */
export function rankTags(pictures: readonly TaggedAnswer[], tags: readonly string[]): Ranking[] {
  const told = pictures.map(({ tags: own, answer }) => ({
    own: new Set(own),
    probabilities: new Map(answer.toReversed().map((each) => [each.tagName, each.probability])),
  }));
  return tags.map((tag) => {
    const scored = told.map(({ own, probabilities }) => ({
      ...{ probability: probabilities.get(tag) ?? 0, right: own.has(tag) },
    }));
    return { tag, truths: scored.filter(({ right }) => right).length, scored: byProbability(scored) };
  });
}
