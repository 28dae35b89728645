import PQueue from 'p-queue';

/** Works on each, at most so many at a time. Resolves with whether all were done; after the signal those at work are given up. */
export async function each<T>(
  items: readonly T[],
  concurrency: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<boolean> {
  const queue = new PQueue({ concurrency });
  const works = items.map((item) =>
    queue
      .add(() => work(item), { signal })
      .catch((error: unknown) => {
        if (signal.aborted) return;
        queue.clear(); // no more paid calls
        throw error;
      }),
  );
  await Promise.all(works);
  return !signal.aborted;
}
