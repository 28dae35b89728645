import type { GenericResource } from '@azure/arm-resources';
import { apiVersionFor } from './apiVersion.ts';
import { resourcesClient } from './arm.ts';
import { type ResourceId, withoutSlash } from './resourceId.ts';

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
