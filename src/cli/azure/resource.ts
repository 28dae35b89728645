import type { GenericResource, Provider, ResourceManagementClient } from '@azure/arm-resources';
import { suggestion } from '../faults.ts';
import { resourcesClient } from './arm.ts';
import { AzureRefusal } from './refusals.ts';
import { type ResourceId, sameText, withoutSlash } from './resourceId.ts';

/** Unless ARM tells how long to wait. */
const POLL_MS = 1_000;

/** A resource as ARM holds it, and the way to change some of it. */
export type FoundResource = {
  resource: GenericResource;
  /** PATCH: what is not named stays as it is. Resolves with the resource as read back when the change is done. */
  change(part: GenericResource): Promise<GenericResource>;
};

export async function findResource(id: ResourceId): Promise<FoundResource> {
  const client = await resourcesClient(id.subscriptionId);
  const version = await apiVersionFor(client, id);
  const path = withoutSlash(id.id);
  const read = () => client.resources.getById(path, version);
  return {
    resource: await read(),
    async change(part) {
      await client.resources.updateById(path, version, part, { updateIntervalInMs: POLL_MS });
      return read();
    },
  };
}

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
