import { groupNotFound } from './armError.ts';
import { readArmPath, typeName } from './armPath.ts';
import { namespaceNamed, typeNamed } from './providers.ts';
import { type ArmResource, type ResourceSeed, same } from './resource.ts';

export type ResourceGroup = {
  id: string;
  name: string;
  type: string;
  location: string;
  tags: Record<string, string>;
  properties: { provisioningState: string };
};

/** Resources and their groups, found by id whatever its case. */
export type Resources = {
  get(id: string): ArmResource | undefined;
  all(): ArmResource[];
  set(resource: ArmResource): void;
  /** Children go along; answers what went. */
  remove(id: string): ArmResource[];
  group(name: string): ResourceGroup | undefined;
  groups(): ResourceGroup[];
  putGroup(name: string, location: string, tags?: Record<string, string>): ResourceGroup;
  removeGroup(name: string): void;
  clear(): void;
};

export function createResources(subscriptionId: string): Resources {
  const resources = new Map<string, ArmResource>();
  const groups = new Map<string, ResourceGroup>();
  return {
    get: (id) => resources.get(id.toLowerCase()),
    all: () => [...resources.values()],
    set: (resource) => void resources.set(resource.id.toLowerCase(), resource),
    remove: (id) => {
      const gone = [...resources.values()].filter(
        (each) => same(each.id, id) || each.id.toLowerCase().startsWith(`${id.toLowerCase()}/`),
      );
      for (const each of gone) resources.delete(each.id.toLowerCase());
      return gone;
    },
    group: (name) => groups.get(name.toLowerCase()),
    groups: () => [...groups.values()],
    putGroup: (name, location, tags = {}) => {
      const known = groups.get(name.toLowerCase());
      const group: ResourceGroup = {
        id: known?.id ?? `/subscriptions/${subscriptionId}/resourceGroups/${name}`,
        name: known?.name ?? name,
        type: 'Microsoft.Resources/resourceGroups',
        location,
        tags,
        properties: { provisioningState: 'Succeeded' },
      };
      groups.set(name.toLowerCase(), group);
      return group;
    },
    removeGroup: (name) => {
      if (!groups.delete(name.toLowerCase())) throw groupNotFound(name);
    },
    clear: () => {
      resources.clear();
      groups.clear();
    },
  };
}

/** The members of a seed that ARM would have filled in, but for the identity. Throws for a type not known here. */
export function resourceOfSeed({ identity: _, ...seed }: ResourceSeed): ArmResource {
  const at = readArmPath(seed.id);
  const namespace = namespaceNamed(at.namespace ?? '');
  const known = namespace ? typeNamed(namespace, at.types) : undefined;
  if (!known || at.types.length !== at.names.length || !same(seed.type, typeName(at))) {
    throw new Error(`'${seed.id}' is no id of a known type '${seed.type}': see providers.ts for the types.`);
  }
  return {
    ...structuredClone(seed),
    type: `${namespace}/${known[0]}`,
    name: seed.name ?? at.names.at(-1) ?? '',
    ...(known[1].proxy ? {} : { location: seed.location ?? 'westeurope' }),
    properties: { ...structuredClone(seed.properties) },
  };
}
