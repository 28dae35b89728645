import { type Proportion, proportion } from './proportion.ts';
import type { Scored } from './ranking.ts';

/** Answers whose probability is from `from` to below `to` (the last one: to 1), and how many of them are right. */
export type Bin = { from: number; to: number; meanProbability: number; right: Proportion };

export type Calibration = {
  /** Those of ten equal ones that have answers. */
  bins: Bin[];
  /**
   * Expected calibration error, 0 to 1: by how much probability and share of the right ones differ, weighted by the
   * answers of each bin (Guo et al. 2017, On Calibration of Modern Neural Networks, https://arxiv.org/abs/1706.04599).
   */
  error: number;
};

const BINS = 10;

/** Undefined of no answers. */
export function calibrationOf(scored: readonly Scored[]): Calibration | undefined {
  if (scored.length === 0) return undefined;
  const byBin = Map.groupBy(scored, ({ probability }) => Math.min(BINS - 1, Math.floor(probability * BINS)));
  const bins = [...byBin]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([index, own]): Bin[] => {
      const right = proportion(own.filter((each) => each.right).length, own.length);
      const meanProbability = own.reduce((sum, each) => sum + each.probability, 0) / own.length;
      return right ? [{ from: index / BINS, to: (index + 1) / BINS, meanProbability, right }] : [];
    });
  const error = bins.reduce(
    (sum, { meanProbability, right }) =>
      sum + (right.of / scored.length) * Math.abs(right.share - meanProbability),
    0,
  );
  return { bins, error };
}
