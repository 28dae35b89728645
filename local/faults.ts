import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

const KINDS = ['hang', 'reset', 'close', 'html', 'empty', 'redirect', 'truncated'] as const;

/**
 * hang: never answers · reset: TCP RST · close: the socket closes without an answer · html: 200 text/html ·
 * empty: 204 · redirect: 302 · truncated: 200 whose body breaks off.
 */
export type FaultKind = (typeof KINDS)[number];
export type StatusFault = {
  status: number;
  headers?: Record<string, string>;
  /** Sent as it is; left out, the server words a body of its own kind. */
  body?: string;
  contentType?: string;
};
export type Fault = FaultKind | number | StatusFault;

/** The faults a local server is told to show instead of answering. */
export type Faults = {
  /** Queued: each of the next requests takes one. Goes before `always`, which goes before `rates`. */
  next(...faults: Fault[]): void;
  always(fault: Fault | undefined): void;
  /** Shares of all requests (0..1, together at most 1) by status or kind; the same seed gives the same sequence. */
  rates(shares: Record<string, number>, seed: number): void;
  /** Waited before every answer, faulty or not. */
  latencyMs: number;
  /** How many were shown, by kind or status. */
  readonly injected: Readonly<Record<string, number>>;
  /** Everything off, and the counts back to nothing. */
  clear(): void;
  /** The fault of one request, counted; undefined when it is to be answered properly. */
  draw(): Fault | undefined;
};

export function createFaults(): Faults {
  let queue: Fault[] = [];
  let standing: Fault | undefined;
  let lot: (() => Fault | undefined) | undefined;
  let counts: Record<string, number> = {};

  const faults: Faults = {
    latencyMs: 0,
    next: (...added) => void queue.push(...added),
    always: (fault) => {
      standing = fault;
    },
    rates: (shares, seed) => {
      lot = drawLots(shares, seed);
    },
    get injected() {
      return counts;
    },
    clear: () => {
      [queue, standing, lot, counts] = [[], undefined, undefined, {}];
      faults.latencyMs = 0;
    },
    draw: () => {
      const fault = queue.shift() ?? standing ?? lot?.();
      if (fault !== undefined) counts[nameOf(fault)] = (counts[nameOf(fault)] ?? 0) + 1;
      return fault;
    },
  };
  return faults;
}

/**
 * Waits the latency, then shows the request's fault, if it has one, and tells its name; undefined means: answer.
 * `wordBody` gives the JSON that this server would send with a status.
 */
export async function injectFault(
  faults: Faults,
  response: ServerResponse,
  wordBody: (status: number) => unknown,
): Promise<string | undefined> {
  const fault = faults.draw();
  await pause(faults.latencyMs, response);
  if (fault === undefined) return undefined;
  if (typeof fault === 'object' || typeof fault === 'number') {
    const { status, headers, body, contentType } = typeof fault === 'number' ? { status: fault } : fault;
    response.writeHead(status, { 'content-type': contentType ?? 'application/json', ...headers });
    response.end(body ?? JSON.stringify(wordBody(status)));
  } else {
    SHOW[fault](response);
  }
  return nameOf(fault);
}

const SHOW: Record<FaultKind, (response: ServerResponse) => void> = {
  hang: () => {},
  reset: (response) => response.socket?.resetAndDestroy(),
  close: (response) => response.socket?.destroy(),
  html: (response) =>
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<html><body>A page, not an answer</body></html>'),
  empty: (response) => response.writeHead(204).end(),
  redirect: (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
  truncated: (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"id":"', () => response.socket?.destroy());
  },
};

const nameOf = (fault: Fault) =>
  typeof fault === 'string' ? fault : String(typeof fault === 'number' ? fault : fault.status);

function drawLots(shares: Record<string, number>, seed: number): () => Fault | undefined {
  const lots = Object.entries(shares).map(([name, share]) => ({ fault: faultNamed(name), share }));
  const total = lots.reduce((sum, { share }) => sum + share, 0);
  // Shares like 0.7 + 0.2 + 0.1 may add up to a hair more than 1.
  if (lots.some(({ share }) => !(share >= 0)) || total > 1 + 1e-9) {
    throw new RangeError(
      `Fault rates must be 0 or more and add up to at most 1, but are ${JSON.stringify(shares)}.`,
    );
  }
  const random = seededRandom(seed);
  return () => {
    let left = random();
    return lots.find(({ share }) => {
      left -= share;
      return left < 0;
    })?.fault;
  };
}

function faultNamed(name: string): Fault {
  const kind = KINDS.find((known) => known === name);
  if (kind) return kind;
  if (/^[1-5]\d\d$/.test(name)) return Number(name);
  throw new TypeError(`'${name}' is no fault: give an HTTP status or one of ${KINDS.join(', ')}.`);
}

/** Mulberry32: small, fast and the same everywhere, which Math.random cannot be. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Ends early when the client or the server goes away, so that no timer outlives its request. */
async function pause(milliseconds: number, response: ServerResponse): Promise<void> {
  if (milliseconds <= 0 || response.destroyed) return;
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once('close', leave);
  await wait(milliseconds, undefined, { signal: gone.signal }).catch(() => {});
  response.off('close', leave);
}
