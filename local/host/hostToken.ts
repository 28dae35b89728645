import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { messageOf } from '../thrown.ts';
import type { Settings } from './options.ts';

const STORAGE_RESOURCE = 'https://storage.azure.com';
const REFRESH_BEFORE_MS = 5 * 60 * 1000;
const TIMEOUT_MS = 30_000;

/**
 * The host's own tokens for storage, apart from the app's: in Azure the host is another process than the Node worker
 * and asks for itself. One cached token, one request at a time.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 *
 * @param header proves to the identity endpoint that this process may ask; in no message
 * @param clientId of a user-assigned identity; without one, the system-assigned
 */
export function createHostCredential(
  settings: Settings,
  header: string | undefined,
  clientId: string | undefined,
): TokenCredential {
  const endpoint = settings.IDENTITY_ENDPOINT;
  let cached: AccessToken | undefined;
  let pending: Promise<AccessToken> | undefined;

  async function request(): Promise<AccessToken> {
    if (!endpoint || !header)
      throw new Error(
        'A storage connection has a service URI, so the host needs a managed identity token, but the settings ' +
          'IDENTITY_ENDPOINT and IDENTITY_HEADER are missing. Set them, or use a connection string.',
      );
    const url = new URL(endpoint);
    url.searchParams.set('api-version', '2019-08-01');
    url.searchParams.set('resource', STORAGE_RESOURCE);
    if (clientId) url.searchParams.set('client_id', clientId);
    let response: Response;
    try {
      response = await fetch(url, {
        headers: { 'X-IDENTITY-HEADER': header },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (cause) {
      throw new Error(`The identity endpoint ${endpoint} did not answer: ${messageOf(cause)}`, { cause });
    }
    const body = (await response.json().catch(() => undefined)) as
      | { access_token?: unknown; expires_on?: unknown }
      | undefined;
    if (!response.ok || typeof body?.access_token !== 'string')
      throw new Error(
        `The identity endpoint ${endpoint} gave no token for ${STORAGE_RESOURCE}: status ${response.status}` +
          `${clientId ? `, client id ${clientId}` : ''}.`,
      );
    return { token: body.access_token, expiresOnTimestamp: Number(body.expires_on) * 1000 };
  }

  return {
    async getToken() {
      if (cached && cached.expiresOnTimestamp - REFRESH_BEFORE_MS > Date.now()) return cached;
      pending ??= request().finally(() => {
        pending = undefined;
      });
      cached = await pending;
      return cached;
    },
  };
}
