/**
 * Work with a signal that ends with its time, or with another signal: one for both, at half the cost of joining two. It is let go
 * with the work, where one of `AbortSignal.timeout` would keep what it holds until its end. `late` words its reason.
 */
export async function inTime<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
  late: () => Error = () => new DOMException('The time of this attempt is over.', 'TimeoutError'),
): Promise<T> {
  const ending = new AbortController();
  const pass = () => ending.abort(outer?.reason);
  const timer = setTimeout(() => ending.abort(late()), Math.max(1, Math.ceil(milliseconds)));
  if (outer?.aborted) pass();
  outer?.addEventListener('abort', pass, { once: true });
  try {
    return await work(ending.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', pass);
  }
}
