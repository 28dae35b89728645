import { resourcesClient } from '../azure/arm.ts';
import { explained } from '../azure/refusals.ts';
import { withoutSlash } from '../azure/resourceId.ts';

export type VisionAccount = { id: string; kind: string; endpoint: string };

const ACCOUNTS_VERSION = '2025-06-01';

/** The Cognitive Services accounts of a subscription. Throws AzureRefusal. */
export function visionAccounts(subscriptionId: string): Promise<VisionAccount[]> {
  return explained(async () => {
    const client = await resourcesClient(subscriptionId);
    const accounts: VisionAccount[] = [];
    const filter = "resourceType eq 'Microsoft.CognitiveServices/accounts'";
    for await (const { id = '' } of client.resources.list({ filter })) {
      const { kind = '', properties } = await client.resources.getById(withoutSlash(id), ACCOUNTS_VERSION);
      const { endpoint = '' } = Object(properties) as { endpoint?: string };
      accounts.push({ id, kind, endpoint: endpoint.replace(/\/$/u, '') });
    }
    return accounts;
  });
}

/** The resource id of a storage account, whose name is unique in Azure. Throws AzureRefusal. */
export function storageAccountId(subscriptionId: string, name: string): Promise<string | undefined> {
  return explained(async () => {
    const client = await resourcesClient(subscriptionId);
    const filter = `resourceType eq 'Microsoft.Storage/storageAccounts' and name eq '${name}'`;
    for await (const { id, name: found } of client.resources.list({ filter })) {
      if (found?.toLowerCase() === name.toLowerCase()) return id;
    }
    return undefined;
  });
}
