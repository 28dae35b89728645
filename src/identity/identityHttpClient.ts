import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';

/** The endpoint is on the same machine; the library itself would wait for ever, whatever timeout getToken is given. */
const TIMEOUT_MS = 5_000;

/** An HTTP client for ManagedIdentityCredential that gives up in time. MSAL uses a process’s first one for all credentials. */
export function createIdentityHttpClient(timeoutMs: number = TIMEOUT_MS): HttpClient {
  const inner = createDefaultHttpClient();
  return {
    sendRequest(request) {
      request.timeout = timeoutMs;
      return inner.sendRequest(request);
    },
  };
}
