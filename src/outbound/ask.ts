import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { type Ways, waysOut } from '../settings/proxies.ts';
import { decoded } from './codings.ts';
import { dispatcherThrough } from './dispatchers.ts';
import { failureOf, OutboundFailure } from './failure.ts';
import { proxyFault } from './proxyFault.ts';
import { readRetryAfter } from './retryAfter.ts';

/** undici’s word for its own limit, which is one for all who share its sockets. */
const TOO_LONG = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';

export type Question = {
  method?: Dispatcher.HttpMethod;
  headers?: Record<string, string>;
  body?: Readable | Buffer | string | null;
  signal?: AbortSignal | undefined;
  /** An answer may have no more, neither as it comes nor without its content codings. */
  mostBytes: number;
};

/** Header names in lower case; `retry-after` in seconds, where it says a time. */
type Told = { status: number; headers: Record<string, string> };
export type Answer = Told & { text: string };

/**
 * Asks an address once and reads the whole answer, whatever its status. Redirects are answers like others: a token is for
 * the address that was asked. Rejects with an OutboundFailure, or with the KeylessError of a proxy on the way.
 */
export type Ask = (address: string, question: Question) => Promise<Answer>;
/** The same for what is no text: a file. */
export type Download = (address: string, question: Question) => Promise<Told & { bytes: Buffer }>;

/**
 * One way of asking for all who talk HTTP themselves; sockets are shared by the whole process. `lookup`: what resolves
 * names where no proxy does.
 */
export const createAsk = (ways: Ways = waysOut(), lookup?: LookupFunction): Ask =>
  asking(ways, lookup, async (answer, mostBytes) => ({ text: await readText(answer, mostBytes) }));

export const createDownload = (ways: Ways = waysOut()): Download =>
  asking(ways, undefined, async (answer, mostBytes) => ({ bytes: await readDecoded(answer, mostBytes) }));

function asking<Body>(
  ways: Ways,
  lookup: LookupFunction | undefined,
  read: (answer: Dispatcher.ResponseData, mostBytes: number) => Promise<Body>,
) {
  return async (
    address: string,
    { method = 'GET', headers = {}, body = null, signal, mostBytes }: Question,
  ): Promise<Told & Body> => {
    const url = new URL(address);
    const proxy = ways(url);
    let begun: OutboundFailure['begun'];
    try {
      const to = { origin: url.origin, path: `${url.pathname}${url.search}` };
      const sent = { ...to, method, headers, body, ...(signal && { signal }) };
      const answer = await dispatcherThrough(proxy, lookup).request(sent);
      begun = { status: answer.statusCode, headers: flat(answer.headers) };
      return { ...begun, ...(await read(answer, mostBytes)) };
    } catch (error) {
      const failure =
        (proxy && proxyFault(error, proxy, url.host)) ??
        failureOf(error, signal?.aborted === true, begun?.status);
      if (failure instanceof OutboundFailure) failure.begun = begun;
      throw failure ?? error;
    }
  };
}

async function readText(answer: Dispatcher.ResponseData, mostBytes: number): Promise<string> {
  const { body, headers } = answer;
  const announced = Number(headers['content-length']);
  if (!headers['content-encoding'] && announced <= mostBytes) return body.text();
  return (await readDecoded(answer, mostBytes)).toString('utf8');
}

async function readDecoded({ body, headers }: Dispatcher.ResponseData, mostBytes: number): Promise<Buffer> {
  const coding = headers['content-encoding'];
  const bytes = await readBytes(body, mostBytes);
  if (!coding) return bytes;
  try {
    return await decoded(bytes, [coding].flat().join(), mostBytes);
  } catch (error) {
    const { code = 'UNKNOWN_CODING' } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLong(mostBytes);
    throw new OutboundFailure('foreign', code, `answered what cannot be decoded (${code})`, error);
  }
}

/** By events: an asynchronous iterator takes a tenth of what the whole call does. */
function readBytes(body: Readable, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    body
      .on('data', (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        // the connection ends with it, so that the rest does not come
        if (length > mostBytes) body.destroy(tooLong(mostBytes));
      })
      .once('end', () => resolve(Buffer.concat(chunks, length)))
      .once('error', reject);
  });
}

const tooLong = (mostBytes: number) =>
  new OutboundFailure(
    'foreign',
    TOO_LONG,
    `answered more than ${mostBytes.toLocaleString('en')} bytes (${TOO_LONG})`,
  );

function flat(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const one: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    one[name] = typeof value === 'string' ? value : [value ?? ''].flat().join(', ');
  }
  const seconds = readRetryAfter(headers['retry-after']);
  if (seconds === undefined) delete one['retry-after'];
  else one['retry-after'] = String(seconds);
  return one;
}
