/** Rows are the true tags, columns the most probable ones answered; `counts[row][column]` pictures. */
export type Confusion = { truths: string[]; said: string[]; counts: number[][] };

/** Where a model answered nothing at all. */
export const NOTHING = '(nothing)';

/** Of pictures with one tag each. */
export function confusionOf(pairs: readonly { truth: string; said: string | undefined }[]): Confusion {
  const truths = sortedOnce(pairs.map(({ truth }) => truth));
  const others = sortedOnce(pairs.map(({ said }) => said ?? NOTHING)).filter((tag) => !truths.includes(tag));
  const columns = [...truths, ...others];
  const byTruth = Map.groupBy(pairs, ({ truth }) => truth);
  const counts = truths.map((truth) => {
    const bySaid = Map.groupBy(byTruth.get(truth) ?? [], ({ said }) => said ?? NOTHING);
    return columns.map((tag) => bySaid.get(tag)?.length ?? 0);
  });
  return { truths, said: columns, counts };
}

const sortedOnce = (tags: readonly string[]): string[] => [...new Set(tags)].toSorted();
