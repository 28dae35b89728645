import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** `HTTP/1.1 100 Continue` and its like (RFC 9110, 15.2); 101 is the last answer of its connection. */
const INTERIM = /^HTTP\/1\.[01] 1(?!01)\d\d[ \r]/u;
const LONGEST_START = 'HTTP/1.1 100 '.length;
const END = '\r\n\r\n';
/** Node’s own limit for a head. */
const LONGEST_HEAD = 16 * 1024;
const NOTHING = Buffer.alloc(0);

const beginnings = new WeakMap<object, () => void>();

// Published before the first byte of each request: what comes next on that socket begins its answer.
subscribe('undici:client:sendHeaders', (message) =>
  beginnings.get((message as { socket: object }).socket)?.(),
);

/**
 * Takes interim answers out of what a socket reads. HTTP lets a server send any number of them, asked for or not; undici
 * breaks off at a 100 (https://github.com/nodejs/undici, lib/dispatcher/client-h1.js) and at a 103 that closes.
 */
export function withoutInterim<S extends Socket>(socket: S): S {
  const read = socket.read.bind(socket);
  /** Of an answer whose first line is not known yet; undefined once it is. */
  let beginning: Buffer | undefined;
  beginnings.set(socket, () => {
    beginning = NOTHING;
  });
  socket.read = (size?: number) => {
    const chunk: Buffer | null = read(size);
    if (beginning === undefined || chunk === null) return chunk;
    const bytes = afterInterim(beginning.length > 0 ? Buffer.concat([beginning, chunk]) : chunk);
    beginning = isUndecided(bytes) ? bytes : undefined;
    return beginning === undefined ? bytes : null;
  };
  return socket;
}

function afterInterim(bytes: Buffer): Buffer {
  let rest = bytes;
  while (INTERIM.test(startOf(rest))) {
    const end = rest.indexOf(END);
    if (end === -1) break;
    rest = rest.subarray(end + END.length);
  }
  return rest;
}

/** Whether it may still turn out to be an interim answer. */
function isUndecided(bytes: Buffer): boolean {
  const start = startOf(bytes);
  return INTERIM.test(start)
    ? bytes.length < LONGEST_HEAD
    : start.length < LONGEST_START && INTERIM.test(start + 'HTTP/1.1 100 '.slice(start.length));
}

const startOf = (bytes: Buffer): string => bytes.toString('latin1', 0, LONGEST_START);
