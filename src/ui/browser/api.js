import { countDown } from './countdown.js';
import { readProblem, unreachable, unreadable } from './problem.js';

/** @import { Access } from './access.js' */
/** @import { Problem } from './contract.d.ts' */

/**
 * @typedef {object} CallOptions
 * @property {AbortSignal} signal
 * @property {Blob} [picture] posted; without one it is a GET
 * @property {(state: { kind: 'access', what: string } | { kind: 'busy', seconds: number } | { kind: 'sent' }) => void} [onState]
 */
/** @typedef {{ response: Response, problem?: undefined } | { response?: undefined, problem: Problem }} Answer */
/**
 * What could be read of an answer.
 * @template Body
 * @typedef {{ body?: Body | undefined, problem?: Problem | undefined }} Read
 */
/** @typedef {(path: string, options: CallOptions) => Promise<Answer>} Call */

/** How often one picture is sent when the answer is 429, Too Many Requests. */
const MOST_TRIES = 6;
const LONGEST_WAIT_SECONDS = 120;
const USUAL_WAIT_SECONDS = 5;

/** This file is below …/api/ui/<version>/, wherever a proxy has put the app. */
const BASE = new URL('../../', import.meta.url);

/**
 * Calls the API. A refused key is asked for again and a 429 waited for; any other failure is answered as a problem.
 * Rejects only when the signal ends it.
 * @param {Access} access
 * @returns {Call}
 */
export function createCall(access) {
  return async (path, { signal, picture, onState }) => {
    for (let tries = 1; ; ) {
      const carried = access.current();
      onState?.({ kind: 'sent' });
      const { response, problem } = await send(path, access.headers(), picture, signal);
      if (!response) return { problem };
      if (response.status === 401) {
        onState?.({ kind: 'access', what: access.what });
        const { code, detail } = await readProblem(response);
        await unlessEnded(access.renew(carried, code && detail), signal);
      } else if (response.status === 429 && tries < MOST_TRIES) {
        tries += 1;
        await countDown(secondsToWait(response), (seconds) => onState?.({ kind: 'busy', seconds }), signal);
      } else {
        return response.ok ? { response } : { problem: await readProblem(response) };
      }
    }
  };
}

/**
 * The JSON of an answer; its meaning is the API’s contract, its being JSON is checked here.
 * @template Body
 * @param {Answer} answer
 * @returns {Promise<Read<Body>>}
 */
export async function readJson({ response, problem }) {
  if (problem) return { problem };
  try {
    return { body: await response.json() };
  } catch {
    return { problem: unreadable };
  }
}

/**
 * @param {string} path
 * @param {Record<string, string>} headers
 * @param {Blob | undefined} picture
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
async function send(path, headers, picture, signal) {
  const type = picture?.type.startsWith('image/') ? picture.type : 'application/octet-stream';
  try {
    const response = await fetch(new URL(path, BASE), {
      method: picture ? 'POST' : 'GET',
      headers: picture ? { ...headers, 'content-type': type } : headers,
      body: picture ?? null,
      cache: 'no-store',
      signal,
    });
    return { response };
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: { ...unreachable, detail: `${unreachable.detail} The browser says: ${reason}.` } };
  }
}

/** Retry-After is a number of seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after @param {Response} response */
function secondsToWait(response) {
  const told = response.headers.get('retry-after') ?? '';
  const seconds = /^\d+$/u.test(told) ? Number(told) : (Date.parse(told) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return USUAL_WAIT_SECONDS;
  return Math.min(Math.max(seconds, 1), LONGEST_WAIT_SECONDS);
}

/**
 * @param {Promise<void>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function unlessEnded(promise, signal) {
  return new Promise((resolve, reject) => {
    const ended = () => reject(signal.reason);
    if (signal.aborted) return ended();
    signal.addEventListener('abort', ended, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', ended));
  });
}
