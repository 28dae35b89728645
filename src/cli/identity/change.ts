import type { GenericResource, Identity } from '@azure/arm-resources';
import { sameText } from '../azure/resourceId.ts';
import { type ResourceIdentity, userAssignedNamed } from './identity.ts';

/** What is to be put on a resource or taken off it; `users` are ids of user-assigned identities. */
export type Selection = { system: boolean; users: readonly string[] };
export type IdentityChange = {
  /** For PATCH; undefined where nothing has to change. */
  part: GenericResource | undefined;
  /** What changes and what was so already. */
  changed: Selection;
  unchanged: Selection;
};

/** Adds to what is there. */
export function afterAssign(
  current: ResourceIdentity,
  wanted: Selection,
  resourceType: string,
): IdentityChange {
  const users = unique(wanted.users);
  const changed = {
    system: wanted.system && !current.systemAssigned,
    users: users.filter((id) => !userAssignedNamed(current, id)),
  };
  const part = partOf(
    resourceType,
    wanted.system || current.systemAssigned !== undefined,
    [...current.userAssigned.map(({ id }) => id), ...changed.users],
    [],
  );
  return change(part, changed, {
    system: wanted.system && !changed.system,
    users: users.filter((id) => userAssignedNamed(current, id)),
  });
}

/** Takes off what is named and there; everything else stays. */
export function afterRemove(
  current: ResourceIdentity,
  unwanted: Selection,
  resourceType: string,
): IdentityChange {
  const users = unique(unwanted.users);
  const removed = current.userAssigned.filter(({ id }) => users.some((user) => sameText(user, id)));
  const changed = {
    system: unwanted.system && current.systemAssigned !== undefined,
    users: removed.map(({ id }) => id),
  };
  const part = partOf(
    resourceType,
    current.systemAssigned !== undefined && !changed.system,
    current.userAssigned.filter((each) => !removed.includes(each)).map(({ id }) => id),
    changed.users,
  );
  return change(part, changed, {
    system: unwanted.system && !changed.system,
    users: users.filter((id) => !userAssignedNamed(current, id)),
  });
}

function change(part: GenericResource, changed: Selection, unchanged: Selection): IdentityChange {
  const nothing = !changed.system && changed.users.length === 0;
  return { part: nothing ? undefined : part, changed, unchanged };
}

/**
 * The identities as they are to be. A PATCH merges them with those that are there, and null takes one off; some types
 * replace them instead, so those that stay are named too
 * (https://learn.microsoft.com/azure/automation/disable-managed-identity-for-automation#disable-using-the-rest-api).
 */
function partOf(
  resourceType: string,
  system: boolean,
  kept: readonly string[],
  removed: readonly string[],
): GenericResource {
  const identity: Identity = { type: typeOf(resourceType, system, kept.length > 0) };
  if (kept.length > 0) {
    identity.userAssignedIdentities = Object.fromEntries([
      ...kept.map((id) => [id, {}]),
      ...removed.map((id) => [id, null]),
    ]);
  }
  return { identity };
}

/** Most types spell both with a blank, as the generic API does; Communication Services without:
 * https://learn.microsoft.com/azure/communication-services/how-tos/managed-identity */
function typeOf(resourceType: string, system: boolean, users: boolean): NonNullable<Identity['type']> {
  if (system && users) {
    const both = /^Microsoft\.Communication\//iu.test(resourceType)
      ? 'SystemAssigned,UserAssigned'
      : 'SystemAssigned, UserAssigned';
    return both as NonNullable<Identity['type']>;
  }
  if (system) return 'SystemAssigned';
  return users ? 'UserAssigned' : 'None';
}

const unique = (ids: readonly string[]): string[] =>
  ids.filter((id, index) => ids.findIndex((other) => sameText(other, id)) === index);

/** One line an identity, on standard output. */
export function tellSelection({ system, users }: Selection, what: string): void {
  if (system) console.log(`System-assigned identity: ${what}.`);
  for (const id of users) console.log(`${id}: ${what}.`);
}
