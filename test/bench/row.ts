/** A line of the table: what was done, against what, and whether what came out is what is promised. */
export type Row = {
  work: string;
  against: string;
  /** What came out, in words. */
  result: string;
  /** The figure that two runs are compared by: a ratio of two things measured side by side. */
  ratio: number;
  /** What is promised; without it the line is for the record. */
  mark?: string;
  met?: boolean;
};

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

export const p99 = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * 0.99)] ?? Number.NaN;

/** A promise that a figure is at most, or at least, so much. */
export const atMost = (figure: number, most: number) => ({ mark: `≤ ${most}`, met: figure <= most });
export const atLeast = (figure: number, least: number) => ({ mark: `≥ ${least}`, met: figure >= least });
