import { AsyncLocalStorage } from 'node:async_hooks';
import { createHttpHeaders, type HttpClient, RestError } from '@azure/core-rest-pipeline';
import { type Answer, createAsk } from '../outbound/ask.ts';
import { OutboundFailure } from '../outbound/failure.ts';

/** The endpoint is on the same machine; the library itself would wait for ever, whatever timeout getToken is given. */
const TIMEOUT_MS = 5_000;
/** A token has some thousand; more is none. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** What came last of the requests for a token: the libraries above lose it, and tell it by words of their own. */
export type Exchange = { last?: Answer | OutboundFailure };
export const exchanges = new AsyncLocalStorage<Exchange>();

/**
 * An HTTP client for ManagedIdentityCredential that gives up in time, and keeps MSAL from keeping tokens: the one cache is
 * that of the credential, which can be told of a refusal. MSAL uses a process’s first client for all credentials.
 */
export function createIdentityHttpClient(timeoutMs: number = TIMEOUT_MS): HttpClient {
  const ask = createAsk();
  return {
    async sendRequest(request) {
      const exchange = exchanges.getStore() ?? {};
      try {
        const answer = await ask(request.url, {
          method: request.method,
          headers: request.headers.toJSON(),
          body: typeof request.body === 'string' ? request.body : null,
          signal: AbortSignal.timeout(timeoutMs),
          mostBytes: MAX_ANSWER_BYTES,
        });
        exchange.last = answer;
        const { location: _, ...headers } = answer.headers; // the secret header is for the endpoint alone
        const bodyAsText = renamed(answer.text);
        return { request, status: answer.status, headers: createHttpHeaders(headers), bodyAsText };
      } catch (error) {
        if (!(error instanceof OutboundFailure)) throw error;
        exchange.last = error;
        // by this word the library tries again
        if (error.ending === 'connection')
          throw new RestError(error.message, { code: 'ECONNRESET', request });
        throw error;
      }
    },
  };
}

/** MSAL keeps a token by the resource that the answer names, and looks for the one that was asked for. */
function renamed(body: string): string {
  try {
    const answer: unknown = JSON.parse(body);
    if (typeof answer !== 'object' || answer === null || !('access_token' in answer)) return body;
    return JSON.stringify({ ...answer, resource: 'not kept' });
  } catch {
    return body; // no JSON: the fault says so
  }
}
