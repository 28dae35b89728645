/** One page of a list, and where the next begins. */
export type Page<T> = { entries: T[]; next?: number };

/** `token` is what an earlier page's link carried; what is no such token begins at the first entry. */
export function pageOf<T>(all: readonly T[], token: string | null, size: number): Page<T> {
  const start = /^\d+$/.test(token ?? '') ? Number(token) : 0;
  const entries = all.slice(start, start + size);
  return start + size < all.length ? { entries, next: start + size } : { entries };
}

/** The link to the page that begins at `next`, with everything else asked for as before. */
export function linkTo(origin: string, path: string, query: URLSearchParams, next: number): string {
  const again = new URLSearchParams(query);
  again.set('$skiptoken', String(next));
  return `${origin}${encodeURI(path)}?${again}`;
}
