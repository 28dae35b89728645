import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from './bearer.ts';

/** A request to ARM or Graph whose caller is known. */
export type ApiRequest = {
  method: string;
  /** Decoded, and without the slash at the end. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Undefined when there is none. */
  body: unknown;
  /** `https://127.0.0.1:<port>`, for the links of an answer. */
  origin: string;
  caller: Caller;
};

export type ApiAnswer = { status: number; body?: unknown; headers?: Record<string, string> };

/** An error answer of ARM or Graph on its way to the client. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, body: unknown, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** One request to either server; the status is a fault's name when one was shown. Never holds a token or a body. */
export type LoggedRequest = {
  server: 'arm' | 'graph';
  method: string;
  path: string;
  apiVersion?: string;
  status: number | string;
  /** Unix milliseconds of its arrival. */
  at: number;
};

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
