import { type ClientRequest, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { RandomRequest } from './randomRequests.ts';

export type Answer = { status: number; contentType: string; body: Buffer };

/** No answer may take longer. */
export const MOST_MS = 10_000;

/** Sends it byte for byte, on a connection of its own. Undefined where the request broke off by itself; rejects where no answer came. */
export async function sendRandom(url: string, what: RandomRequest): Promise<Answer | undefined> {
  const { hostname, port } = new URL(url);
  const headers = what.headers.flatMap(([name, value]) => [name, value.trim()]);
  const length = what.body?.length ?? 0;
  if (what.body && what.sending !== 'chunked') headers.push('content-length', String(length));
  if (what.body && what.sending === 'chunked') headers.push('transfer-encoding', 'chunked');
  const sent = request({
    hostname,
    port,
    method: what.method,
    path: what.path,
    headers: [...headers, 'host', `${hostname}:${port}`, 'connection', 'close'],
    agent: false,
    signal: AbortSignal.timeout(MOST_MS),
  });
  const broken = what.sending === 'broken off' && length > 1;
  const answered = answerTo(sent);
  if (broken) sent.write(what.body?.subarray(0, length >> 1), () => sent.destroy());
  else sent.end(what.body);
  return broken ? answered.catch(() => undefined) : answered;
}

function answerTo(sent: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (response) => {
      const { statusCode = 0, headers } = response;
      buffer(response).then(
        (body) => resolve({ status: statusCode, contentType: headers['content-type'] ?? '', body }),
        reject,
      );
    });
  });
}
