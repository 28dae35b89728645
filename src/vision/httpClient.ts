import { Readable } from 'node:stream';
import { type HttpClient, HttpHeaders, type WebResourceLike } from '@azure/ms-rest-js';
import { createAsk, type Question } from '../outbound/ask.ts';
import { multipart } from './multipart.ts';

/** Some 3,000 predictions, six times as many as a project may have tags; reading more would hold up all others. */
const MAX_ANSWER_BYTES = 512 * 1024;

/** What is beneath the SDK in place of node-fetch. */
export function createHttpClient(): HttpClient {
  const ask = createAsk();
  return {
    async sendRequest(webResource: WebResourceLike) {
      const { status, headers, text } = await ask(webResource.url, {
        method: webResource.method as 'POST',
        ...payload(webResource),
        signal: webResource.abortSignal as AbortSignal | undefined,
        mostBytes: MAX_ANSWER_BYTES,
      });
      return { request: webResource, status, headers: new HttpHeaders(headers), bodyAsText: text };
    },
  };
}

function payload(webResource: WebResourceLike): Pick<Question, 'headers' | 'body'> {
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
