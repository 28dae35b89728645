import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ResourceManagementClient } from '@azure/arm-resources';
import type { TokenCredential } from '@azure/identity';
import { Client } from '@microsoft/microsoft-graph-client';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startLocalAzure } from '../../../local/azure/start.ts';
import { createCertificate } from '../../../local/certificate.ts';
import { createClosing } from '../../../local/closing.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';
import { trust } from '../../support/trust.ts';

export const ARM_SCOPE = 'https://management.azure.com/.default';
export const GRAPH_SCOPE = 'https://graph.microsoft.com/.default';

export type TestAzure = Awaited<ReturnType<typeof startTestAzure>>;

/** The local ARM and Graph with clients of the real SDKs, all trusting the local authority. */
export async function startTestAzure() {
  const closing = createClosing();
  const certificate = await createCertificate();
  closing.add({ close: certificate.remove });
  closing.add(trust(certificate.authority));
  const identity = closing.add(await startIdentityEndpoint());
  const azure = closing.add(await startLocalAzure({ identity, certificate }));
  const credential = tokensOf((resource) =>
    identity.issue({ oid: azure.operator.objectId, upn: azure.operator.name }, { resource }),
  );
  // The SDKs' own retries wait for seconds; what is tested here is the first answer.
  const options = { endpoint: azure.armUrl, retryOptions: { maxRetries: 0 } };
  return {
    azure,
    identity,
    credential,
    group: `/subscriptions/${azure.subscriptionId}/resourceGroups/orchard`,
    resources: new ResourceManagementClient(credential, azure.subscriptionId, {
      ...options,
      credentials: { scopes: [ARM_SCOPE] },
    }),
    authorization: new AuthorizationManagementClient(credential, azure.subscriptionId, {
      ...options,
      credentialScopes: ARM_SCOPE,
    }),
    graph: graphClient(azure.graphUrl, credential),
    get: (url: string, token?: string) =>
      fetch(url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    close: closing.close,
  };
}

/** The same, opened and closed with the test file and as new before every test. */
export function testAzure(): { readonly it: TestAzure } {
  const held: { it: TestAzure } = { it: undefined as unknown as TestAzure };
  beforeAll(async () => {
    held.it = await startTestAzure();
  });
  beforeEach(() => {
    held.it.azure.reset();
    held.it.identity.reset();
  });
  afterAll(() => held.it.close());
  return held;
}

export function tokensOf(issue: (resource: string) => Promise<string>): TokenCredential {
  return {
    getToken: async (scopes) => ({
      token: await issue(String(scopes).replace(/\/\.default$/, '')),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
}

export function graphClient(graphUrl: string, credential: TokenCredential): Client {
  return Client.init({
    baseUrl: graphUrl,
    defaultVersion: 'v1.0',
    customHosts: new Set([new URL(graphUrl).hostname]),
    authProvider: (done) => {
      credential.getToken(GRAPH_SCOPE).then(
        (token) => done(null, token?.token ?? null),
        (error: unknown) => done(error, null),
      );
    },
  });
}

export async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const entries: T[] = [];
  for await (const entry of list) entries.push(entry);
  return entries;
}
