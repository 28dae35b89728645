import { type ApiAnswer, type ApiRequest, linkTo, pageOf } from '../api.ts';
import { groupNotFound, invalidContent } from './armError.ts';
import type { ArmPath } from './armPath.ts';
import { readFilter } from './filter.ts';
import type { ResourceKeeping } from './keeping.ts';
import { type ArmResource, same } from './resource.ts';

/** Tenants, subscriptions, resource groups, and the lists of all resources; undefined for any other path. */
export function answerGroups(
  keeping: ResourceKeeping,
  request: ApiRequest,
  at: ArmPath,
): ApiAnswer | undefined {
  if (at.namespace) return undefined;
  const words = at.path.toLowerCase().split('/').slice(1);
  const shape = words.filter((_, index) => index % 2 === 0).join('/');
  const { subscriptionId, tenantId, resources } = keeping;
  const subscription = {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    tenantId,
    displayName: 'This machine',
    state: 'Enabled',
  };
  switch (shape) {
    case 'tenants':
      return { status: 200, body: { value: [{ id: `/tenants/${tenantId}`, tenantId }] } };
    case 'subscriptions':
      return { status: 200, body: words.length === 1 ? { value: [subscription] } : subscription };
    case 'subscriptions/resources':
      return listResources(keeping, request, resources.all());
    case 'subscriptions/resourcegroups':
      return at.resourceGroup
        ? answerGroup(keeping, request, at.resourceGroup)
        : paged(keeping, request, resources.groups());
    case 'subscriptions/resourcegroups/resources':
      return listResources(keeping, request, inGroup(keeping, at.resourceGroup ?? ''));
    default:
      return undefined;
  }
}

function inGroup({ resources }: ResourceKeeping, group: string): ArmResource[] {
  const found = resources.group(group);
  if (!found) throw groupNotFound(group);
  return resources.all().filter(({ id }) => id.toLowerCase().startsWith(`${found.id.toLowerCase()}/`));
}

function answerGroup(keeping: ResourceKeeping, request: ApiRequest, name: string): ApiAnswer {
  const { resources } = keeping;
  const known = resources.group(name);
  if (request.method === 'PUT') {
    const { location, tags } = Object(request.body);
    if (typeof location !== 'string') throw invalidContent("Required property 'location' not found in JSON");
    return { status: known ? 200 : 201, body: resources.putGroup(name, location, tags) };
  }
  if (!known) throw groupNotFound(name);
  if (request.method === 'HEAD') return { status: 204 };
  if (request.method === 'DELETE') {
    for (const { id } of inGroup(keeping, name)) keeping.remove(id);
    resources.removeGroup(name);
    return { status: 200 };
  }
  return { status: 200, body: known };
}

/** Lists of all resources tell no properties: https://learn.microsoft.com/rest/api/resources/resources/list */
function listResources(keeping: ResourceKeeping, request: ApiRequest, all: ArmResource[]): ApiAnswer {
  const { test } = readFilter(request.query.get('$filter'), [
    'resourceType',
    'name',
    'location',
    'resourceGroup',
  ]);
  const listed = all
    .filter(({ location }) => location !== undefined)
    .filter((each) => {
      const resourceGroup = /\/resourceGroups\/([^/]+)/i.exec(each.id)?.[1];
      return test({ ...each, resourceType: each.type, resourceGroup });
    })
    .map(({ properties: _, ...rest }) => rest);
  return paged(keeping, request, listed);
}

export function paged(
  { pageSize }: Pick<ResourceKeeping, 'pageSize'>,
  { query, origin, path }: ApiRequest,
  all: readonly unknown[],
): ApiAnswer {
  const top = Number(query.get('$top') ?? pageSize());
  const { entries, next } = pageOf(
    all,
    query.get('$skiptoken'),
    top >= 1 ? Math.min(top, pageSize()) : pageSize(),
  );
  return {
    status: 200,
    body: { value: entries, ...(next ? { nextLink: linkTo(origin, path, query, next) } : {}) },
  };
}

export const inGroupOrAll = (keeping: ResourceKeeping, group: string | undefined) =>
  group === undefined ? keeping.resources.all() : inGroup(keeping, group);

export const isOfType = (type: string) => (resource: ArmResource) => same(resource.type, type);
