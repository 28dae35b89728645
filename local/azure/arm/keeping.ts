import type { Directory } from '../graph/directory.ts';
import { readArmPath } from './armPath.ts';
import { type IdentityPlan, type Principals, realiseIdentity } from './managedIdentity.ts';
import type { Operations } from './operations.ts';
import { typeNamed } from './providers.ts';
import type { ArmIdentity, ArmResource, ResourceSeed } from './resource.ts';
import { type Resources, resourceOfSeed } from './resources.ts';
import { USER_ASSIGNED_TYPE, withOwnProperties } from './writing.ts';

/** What keeps resources, with the principals of their identities. */
export type ResourceKeeping = {
  subscriptionId: string;
  tenantId: string;
  resources: Resources;
  operations: Operations;
  pageSize(): number;
  /** Holds the resource; its identities become as planned, or stay when there is no plan. */
  keep(resource: ArmResource, plan: IdentityPlan | undefined): ArmResource;
  /** Takes its children and their principals along. */
  remove(id: string): void;
  seed(seed: ResourceSeed): ArmResource;
};

/** The ids that tokens of an identity carry, where the local identity endpoint has one for a resource. */
export type KnownIdentity = (resourceId: string) => { objectId: string; clientId: string } | undefined;

export type KeepingOptions = Pick<
  ResourceKeeping,
  'subscriptionId' | 'tenantId' | 'resources' | 'operations' | 'pageSize'
> & { directory: Directory; knownIdentity: KnownIdentity };

export function createKeeping(options: KeepingOptions): ResourceKeeping {
  const { tenantId, resources, directory, knownIdentity } = options;

  /** The service principal of an identity; `isExplicit` tells a user-assigned one. */
  function addPrincipal({ id, name }: ArmResource, explicit: boolean, objectId?: string, clientId?: string) {
    return directory.add({
      ...(objectId ? { id: objectId } : {}),
      ...(clientId ? { appId: clientId } : {}),
      displayName: name,
      servicePrincipalType: 'ManagedIdentity',
      alternativeNames: [`isExplicit=${explicit ? 'True' : 'False'}`, id],
    }).id;
  }

  const principals: Principals = {
    tenantId,
    create: (resource) => {
      const known = knownIdentity(resource.id);
      return addPrincipal(resource, false, known?.objectId, known?.clientId);
    },
    remove: directory.remove,
    ofUserAssigned: (id) => {
      const { principalId, clientId } = resources.get(id)?.properties ?? {};
      return principalId ? { principalId: String(principalId), clientId: String(clientId) } : {};
    },
  };

  const keeping: ResourceKeeping = {
    ...options,
    keep(resource, plan) {
      const current = resources.get(resource.id);
      const held = current?.identity;
      const { identity: _, ...rest } = resource;
      const known = knownIdentity(resource.id);
      const kept = withOwnProperties(rest, tenantId, current, known);
      const identity = plan ? realised({ ...kept, ...(held ? { identity: held } : {}) }, plan) : held;
      const whole = identity ? { ...kept, identity } : kept;
      resources.set(whole);
      if (kept.type === USER_ASSIGNED_TYPE && !directory.get(String(kept.properties.principalId))) {
        addPrincipal(kept, true, String(kept.properties.principalId), String(kept.properties.clientId));
      }
      return whole;
    },
    remove(id) {
      for (const { type, identity, properties } of resources.remove(id)) {
        const principalId = type === USER_ASSIGNED_TYPE ? properties.principalId : identity?.principalId;
        if (principalId) directory.remove(String(principalId));
      }
    },
    seed(seed) {
      const resource = resourceOfSeed(seed);
      const { resourceGroup } = readArmPath(resource.id);
      if (resourceGroup && !resources.group(resourceGroup)) {
        resources.putGroup(resourceGroup, resource.location ?? 'westeurope');
      }
      const { type = 'None', principalId, userAssignedIdentities } = seed.identity ?? {};
      const system = /systemassigned/i.test(type);
      if (system && principalId) {
        if (!directory.get(principalId)) addPrincipal(resource, false, principalId);
        resources.set({ ...resource, identity: { type, principalId, tenantId } });
      }
      return keeping.keep(resource, { system, user: Object.keys(userAssignedIdentities ?? {}) });
    },
  };

  /** 'None' is only told of a resource that had an identity once. */
  function realised(resource: ArmResource, plan: IdentityPlan): ArmIdentity | undefined {
    const [namespace = '', ...types] = resource.type.split('/');
    const spelling = typeNamed(namespace, types)?.[1].identity;
    if (!spelling) return undefined;
    const identity = realiseIdentity(resource, plan, spelling, principals);
    return identity.type === 'None' && !resource.identity ? undefined : identity;
  }

  return keeping;
}
