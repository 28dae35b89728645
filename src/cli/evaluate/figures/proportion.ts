/** A share of a count, and where it lies with a confidence of 95 %; all 0 to 1. */
export type Proportion = { hits: number; of: number; share: number; low: number; high: number };

/** 95 % of a normal distribution lie within so many standard deviations. */
const Z = 1.959963984540054;

/**
 * With the score interval of Wilson (1927), which holds for few and for all or none, as the usual ± does not:
 * https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval. Undefined of none.
 */
export function proportion(hits: number, of: number): Proportion | undefined {
  if (of === 0) return undefined;
  const share = hits / of;
  const weight = 1 / (1 + Z ** 2 / of);
  const middle = weight * (share + Z ** 2 / (2 * of));
  const half = weight * Z * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
  // the ends of none and of all are exact, whatever is lost in rounding
  const [low, high] = [hits === 0 ? 0 : middle - half, hits === of ? 1 : middle + half];
  return { hits, of, share, low, high };
}
