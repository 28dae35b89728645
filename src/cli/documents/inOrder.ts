/** Works on items, at most so many at a time, and gives what comes of them in their order. Rejects with the first failure. */
export async function* inOrder<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  for (const item of items) {
    const result = work(item);
    result.catch(() => {}); // it is waited for in its turn; until then nobody is to be alarmed
    underWay.push(result);
    if (underWay.length >= concurrency) yield (await underWay.shift()) as R;
  }
  for (const result of underWay) yield await result;
}
