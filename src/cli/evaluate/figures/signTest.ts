/**
 * How probable it is, if both models were equally good, that one alone is right in so many pictures more than the other:
 * the exact two-sided sign test over the pictures that only one gets right (McNemar 1947,
 * https://en.wikipedia.org/wiki/McNemar%27s_test). 1 where there are none.
 */
export function signTest(onlyA: number, onlyB: number): number {
  const all = onlyA + onlyB;
  let [sum, ways] = [0, 0]; // in how many ways so many of all, as a logarithm: the number itself may be too large
  for (let hits = 0; hits <= Math.min(onlyA, onlyB); hits += 1) {
    sum += Math.exp(ways - all * Math.LN2);
    ways += Math.log(all - hits) - Math.log(hits + 1);
  }
  return Math.min(1, 2 * sum);
}
