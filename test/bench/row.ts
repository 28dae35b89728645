/** A line of the table: what was done, against what, and whether what came out is what is promised. */
export type Row = {
  work: string;
  against: string;
  /** What came out, in words. */
  result: string;
  /** Of two things measured side by side, by which runs are compared; none where nothing stands beside it. */
  ratio?: number;
  /** What is promised; without it the line is for the record. */
  mark?: string;
  met?: boolean;
};

/** A promise that a figure is at most, or at least, so much. */
export const atMost = (figure: number, most: number) => ({ mark: `≤ ${most}`, met: figure <= most });
export const atLeast = (figure: number, least: number) => ({ mark: `≥ ${least}`, met: figure >= least });

/** Several lines may be of the same work, each of another figure of it. */
export function named({ work, against, result }: Row): string {
  const [, figure] = /× (?:the )?([\w ]+?) \(/u.exec(result) ?? [];
  return `${work}${figure ? `: ${figure}` : ''}${against === '–' ? '' : `, against ${against}`}`;
}
