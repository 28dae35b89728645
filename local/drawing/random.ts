/** A stream of numbers in [0, 1); the same seed gives the same stream on every machine. */
export type Random = () => number;

/** mulberry32: 32 bits of state, plenty for pictures. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const between = (random: Random, low: number, high: number) => low + (high - low) * random();

export const wholeBelow = (random: Random, limit: number) => Math.floor(random() * limit);

export function pickOne<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[wholeBelow(random, choices.length)];
  if (choice === undefined)
    throw new RangeError('There is nothing to pick from: the list of choices is empty.');
  return choice;
}

/** A normally distributed number with mean 0 and variance 1 (Box-Muller). */
export const gaussian = (random: Random) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
