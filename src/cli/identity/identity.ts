import type { GenericResource } from '@azure/arm-resources';
import { sameText } from '../azure/resourceId.ts';

export type UserAssigned = { id: string; clientId: string | undefined; principalId: string | undefined };
/** The identities a resource has; `type` as ARM spells it. */
export type ResourceIdentity = {
  type: string;
  tenantId: string | undefined;
  /** The principal is told once the directory has it. */
  systemAssigned: { principalId: string | undefined } | undefined;
  userAssigned: readonly UserAssigned[];
};

/** None for a resource that never had one. */
export function identityOf({ identity }: GenericResource): ResourceIdentity {
  return {
    type: identity?.type ?? 'None',
    tenantId: identity?.tenantId,
    systemAssigned: /systemassigned/iu.test(identity?.type ?? '')
      ? { principalId: identity?.principalId }
      : undefined,
    userAssigned: Object.entries(identity?.userAssignedIdentities ?? {})
      .filter(([, value]) => value)
      .map(([id, { clientId, principalId }]) => ({ id, clientId, principalId })),
  };
}

/** The user-assigned identity of this id, where the resource has it. */
export const userAssignedNamed = (identity: ResourceIdentity, id: string): UserAssigned | undefined =>
  identity.userAssigned.find((each) => sameText(each.id, id));
