import type { IdentityChoice } from '../../settings/settings.ts';
import { resourcesClient, webSitesClient } from '../azure/arm.ts';
import { explained } from '../azure/refusals.ts';
import { withoutSlash } from '../azure/resourceId.ts';

export type AppIdentity = {
  kind: 'system-assigned' | 'user-assigned';
  objectId: string;
  clientId?: string;
  /** Of a user-assigned identity. */
  resourceId?: string;
};

/** A function app as ARM tells of it. */
export type DeployedApp = {
  name: string;
  resourceGroup: string;
  subscriptionId: string;
  /** Whether it runs on Flex Consumption. */
  flex: boolean;
  /** Its host names, in lower case; none where ARM does not tell. */
  hosts: readonly string[];
  /** What the app finds in its environment, as far as it is known from outside. Holds secrets where the app’s settings do. */
  settings: Record<string, string>;
  identities: readonly AppIdentity[];
  /** The one that the settings select. */
  identity(choice: IdentityChoice): AppIdentity | undefined;
};

/** The settings of a function app, read with the operator’s own sign-in. Throws AzureRefusal. */
export function deployedSettings(
  subscriptionId: string,
  resourceGroup: string,
  name: string,
): Promise<Record<string, string>> {
  return explained(async () => {
    const client = await webSitesClient(subscriptionId);
    const { properties } = await client.webApps.listApplicationSettings(resourceGroup, name);
    return { ...properties };
  });
}

/** The app with its settings and identities. Throws AzureRefusal. */
export async function deployedApp(
  subscriptionId: string,
  resourceGroup: string,
  name: string,
): Promise<DeployedApp> {
  const [own, site] = await Promise.all([
    deployedSettings(subscriptionId, resourceGroup, name),
    explained(async () => (await webSitesClient(subscriptionId)).webApps.get(resourceGroup, name)),
  ]);
  const { principalId, userAssignedIdentities } = site.identity ?? {};
  const identities: AppIdentity[] = [
    ...(principalId ? [{ kind: 'system-assigned' as const, objectId: principalId }] : []),
    ...Object.entries(userAssignedIdentities ?? {}).map(
      ([resourceId, { principalId: objectId = '', clientId }]) => ({
        ...{ kind: 'user-assigned' as const, objectId, resourceId },
        ...(clientId && { clientId }),
      }),
    ),
  ];
  return {
    name,
    resourceGroup,
    subscriptionId,
    flex: site.functionAppConfig !== undefined,
    hosts: [site.defaultHostName ?? [], site.hostNames ?? []].flat().map((host) => host.toLowerCase()),
    settings: { ...own, ...(identities.length > 0 && PLATFORM) },
    identities,
    identity: (choice) => identities.find((each) => isChosen(each, choice)),
  };
}

/** The platform adds both inside an app that has an identity; their values are known there alone. */
const PLATFORM = { IDENTITY_ENDPOINT: 'http://localhost/msi/token', IDENTITY_HEADER: '(inside the app)' };

function isChosen({ kind, objectId, clientId, resourceId }: AppIdentity, choice: IdentityChoice): boolean {
  const same = (a: string | undefined, b: string) => a?.toLowerCase() === b.toLowerCase();
  switch (choice.kind) {
    case 'systemAssigned':
      return kind === 'system-assigned';
    case 'clientId':
      return same(clientId, choice.id);
    case 'objectId':
      return same(objectId, choice.id);
    case 'resourceId':
      return same(resourceId, choice.id);
    case 'developer':
      return false;
  }
}

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
