import type { Provider, ResourceManagementClient } from '@azure/arm-resources';
import { suggestion } from '../suggestion.ts';
import { AzureRefusal } from './refusals.ts';
import { type ResourceId, sameText } from './resourceId.ts';

/** The newest stable version of a resource's type; of a type that has none, the newest preview. */
export async function apiVersionFor(client: ResourceManagementClient, resource: ResourceId): Promise<string> {
  return newestVersion(await client.providers.get(resource.namespace), resource);
}

/** Throws AzureRefusal for a type that the provider does not have. */
export function newestVersion(provider: Provider, { namespace, type }: ResourceId): string {
  const wanted = type.slice(namespace.length + 1);
  const types = provider.resourceTypes ?? [];
  const found = types.find(({ resourceType = '' }) => sameText(resourceType, wanted));
  const versions = (found?.apiVersions ?? []).toSorted().toReversed();
  const version = versions.find((each) => /^\d{4}-\d{2}-\d{2}$/u.test(each)) ?? versions[0];
  if (version) return version;
  const known = types.flatMap(({ resourceType }) => resourceType ?? []);
  throw new AzureRefusal(
    `${namespace} has no resource type ${wanted}.${suggestion(wanted, known)}`,
    `az provider show --namespace ${namespace} --query "resourceTypes[].resourceType" tells its types.`,
  );
}
