/**
 * What each work gives, round by round: in turns, since the machine is not always as fast, so that ratios are taken within a
 * round. The first round loads and compiles, and does not count.
 */
export async function inTurns<Name extends string, Figure>(
  count: number,
  works: Record<Name, () => Figure | Promise<Figure>>,
): Promise<Record<Name, Figure>[]> {
  const rounds: Record<Name, Figure>[] = [];
  for (let at = 0; at <= count; at += 1) {
    const round = {} as Record<Name, Figure>;
    for (const name of Object.keys(works) as Name[]) round[name] = await works[name]();
    if (at > 0) rounds.push(round);
  }
  return rounds;
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

export const p99 = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * 0.99)] ?? Number.NaN;

/** The median of what the rounds say. */
export const middle = <Round>(rounds: readonly Round[], of: (round: Round) => number): number =>
  median(rounds.map(of));

/** Two works side by side: the median of the ratios of each round, and of what each took. */
export function beside<Round>(
  rounds: readonly Round[],
  ours: (round: Round) => number,
  other: (round: Round) => number,
): { ratio: number; took: number; than: number } {
  const ratio = middle(rounds, (round) => ours(round) / other(round));
  return { ratio, took: middle(rounds, ours), than: middle(rounds, other) };
}

/** In words: the ratio, and between which two. */
export const sideBySide = (
  { ratio, took, than }: ReturnType<typeof beside>,
  of: string,
  digits = 0,
  unit = '',
): string => `${ratio.toFixed(2)} ×${of} (${took.toFixed(digits)} to ${than.toFixed(digits)}${unit})`;

/** Milliseconds of computing, in whatever thread: what else the machine does hardly adds to it. */
export async function computed(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
