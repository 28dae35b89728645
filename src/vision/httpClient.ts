import { Readable } from 'node:stream';
import { type HttpClient, HttpHeaders, type WebResourceLike } from '@azure/ms-rest-js';
import { Agent, request } from 'undici';
import { multipart } from './multipart.ts';

/** Sockets stay open between pictures; a new one would cost a TLS handshake each. */
const KEEP_ALIVE_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** More than any published rate needs at once (20/s, some 0.2 s each); the rest queues for a socket. */
const MAX_SOCKETS = 32;
/** Some 3,000 predictions, six times as many as a project may have tags; reading more would hold up all others. */
const MAX_ANSWER_BYTES = 512 * 1024;

/** The HTTP layer beneath the SDK: undici with kept-alive sockets in place of node-fetch. Redirects are not followed. */
export function createHttpClient(): HttpClient {
  const dispatcher = new Agent({
    connections: MAX_SOCKETS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  return {
    async sendRequest(webResource: WebResourceLike) {
      const { headers, body } = payload(webResource);
      const signal = webResource.abortSignal as AbortSignal | undefined;
      const answer = await request(webResource.url, {
        method: webResource.method as 'POST',
        headers,
        body,
        dispatcher,
        ...(signal && { signal }),
      });
      return {
        request: webResource,
        status: answer.statusCode,
        headers: new HttpHeaders(flat(answer.headers)),
        bodyAsText: await answer.body.text(),
      };
    },
  };
}

function payload(webResource: WebResourceLike): {
  headers: Record<string, string>;
  body: Readable | string | null;
} {
  const headers: Record<string, string> = { ...webResource.headers.rawHeaders() };
  if (webResource.formData) {
    const { contentType, length, pieces } = multipart(webResource.formData);
    return {
      headers: { ...headers, 'content-type': contentType, 'content-length': String(length) },
      body: Readable.from(pieces),
    };
  }
  return { headers, body: (webResource.body as string | undefined) ?? null };
}

const flat = (headers: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]));
