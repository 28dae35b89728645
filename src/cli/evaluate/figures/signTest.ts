/**
 * How probable it is, if both models were equally good, that one alone is right in so many pictures more than the other:
 * the exact two-sided sign test over the pictures that only one gets right (McNemar 1947,
 * https://en.wikipedia.org/wiki/McNemar%27s_test). 1 where there are none.
 */
export function signTest(onlyA: number, onlyB: number): number {
  const all = onlyA + onlyB;
  let sum = 0;
  for (let hits = 0; hits <= Math.min(onlyA, onlyB); hits += 1)
    sum += Math.exp(logChoose(all, hits) - all * Math.LN2);
  return Math.min(1, 2 * sum);
}

/** Of so many, in how many ways; its logarithm, as the number itself may be too large. */
function logChoose(all: number, hits: number): number {
  let sum = 0;
  for (let index = 1; index <= hits; index += 1) sum += Math.log(all - hits + index) - Math.log(index);
  return sum;
}
