import { createDefaultHttpClient, type HttpClient, type PipelineResponse } from '@azure/core-rest-pipeline';

/** The endpoint is on the same machine; the library itself would wait for ever, whatever timeout getToken is given. */
const TIMEOUT_MS = 5_000;

/** What became of the last request for a resource: an HTTP status, or nothing when no answer came. */
export type LastAnswers = Pick<ReadonlyMap<string, number | undefined>, 'get' | 'has'>;

/** An HTTP client for ManagedIdentityCredential that gives up in time and remembers statuses, which the library’s errors lose. */
export function createIdentityHttpClient(timeoutMs: number = TIMEOUT_MS): {
  httpClient: HttpClient;
  lastAnswers: LastAnswers;
} {
  const inner = createDefaultHttpClient();
  const lastAnswers = new Map<string, number | undefined>();
  const sendRequest = async (
    request: Parameters<HttpClient['sendRequest']>[0],
  ): Promise<PipelineResponse> => {
    const resource = new URL(request.url).searchParams.get('resource') ?? '';
    lastAnswers.set(resource, undefined);
    request.timeout = timeoutMs;
    const response = await inner.sendRequest(request);
    lastAnswers.set(resource, response.status);
    return response;
  };
  return { httpClient: { sendRequest }, lastAnswers };
}
