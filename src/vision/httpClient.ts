import { type HttpClient, HttpHeaders, type WebResourceLike } from '@azure/ms-rest-js';
import { createAsk } from '../outbound/ask.ts';

/** Some 3,000 predictions, six times as many as a project may have tags; reading more would hold up all others. */
const MAX_ANSWER_BYTES = 512 * 1024;

/** What is beneath the SDK in place of node-fetch. */
export function createHttpClient(): HttpClient {
  const ask = createAsk();
  return {
    async sendRequest(webResource: WebResourceLike) {
      const { status, headers, text } = await ask(webResource.url, {
        method: webResource.method as 'POST',
        headers: webResource.headers.rawHeaders(),
        body: (webResource.body as Buffer | string | undefined) ?? null,
        signal: webResource.abortSignal as AbortSignal | undefined,
        mostBytes: MAX_ANSWER_BYTES,
      });
      return { request: webResource, status, headers: new HttpHeaders(headers), bodyAsText: text };
    },
  };
}
