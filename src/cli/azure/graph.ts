import type { Client } from '@microsoft/microsoft-graph-client';
import { cloudOf, operatorCredential } from './cloud.ts';

/** Microsoft Graph v1.0 with the operator's rights; it waits out 429, 503 and 504 itself. */
export async function graphClient(): Promise<Client> {
  const { graphEndpoint, graphScope } = cloudOf(process.env);
  const credential = operatorCredential();
  // Asked for here, since the client would turn the refusal into an error without a cause.
  await credential.getToken(graphScope);
  const { Client } = await import('@microsoft/microsoft-graph-client');
  return Client.initWithMiddleware({
    baseUrl: `${graphEndpoint}/`,
    customHosts: new Set([new URL(graphEndpoint).hostname]),
    authProvider: {
      getAccessToken: async () => (await credential.getToken(graphScope))?.token ?? '',
    },
  });
}

/** Every item of a list, page after page. */
export async function listAll<T>(client: Client, path: string): Promise<T[]> {
  const items: T[] = [];
  let next: string | undefined = path;
  while (next) {
    const page: { value: T[]; '@odata.nextLink'?: string } = await client.api(next).get();
    items.push(...page.value);
    next = page['@odata.nextLink'];
  }
  return items;
}
