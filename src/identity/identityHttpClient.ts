import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';

/** The endpoint is on the same machine; the library itself would wait for ever, whatever timeout getToken is given. */
const TIMEOUT_MS = 5_000;

/**
 * An HTTP client for ManagedIdentityCredential that gives up in time, and keeps MSAL from keeping tokens: the one cache is
 * that of the credential, which can be told of a refusal. MSAL uses a process’s first client for all credentials.
 */
export function createIdentityHttpClient(timeoutMs: number = TIMEOUT_MS): HttpClient {
  const inner = createDefaultHttpClient();
  return {
    async sendRequest(request) {
      request.timeout = timeoutMs;
      const response = await inner.sendRequest(request);
      return { ...response, bodyAsText: renamed(response.bodyAsText) };
    },
  };
}

/** MSAL keeps a token by the resource that the answer names, and looks for the one that was asked for. */
function renamed(body: string | null | undefined): string | null {
  try {
    const answer: unknown = JSON.parse(body ?? '');
    if (typeof answer !== 'object' || answer === null || !('access_token' in answer)) return body ?? null;
    return JSON.stringify({ ...answer, resource: 'not kept' });
  } catch {
    return body ?? null; // no JSON: MSAL says so
  }
}
