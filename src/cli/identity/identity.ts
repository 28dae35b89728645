import { styleText } from 'node:util';
import type { GenericResource } from '@azure/arm-resources';
import { explained } from '../azure/refusals.ts';
import { findResource } from '../azure/resource.ts';
import { type ResourceId, sameText } from '../azure/resourceId.ts';

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

/** Prints which identities a resource has. Resolves with the exit code. */
export async function showIdentity(id: ResourceId, { json = false }: { json?: boolean }): Promise<number> {
  const { resource } = await explained(() => findResource(id));
  const identity = identityOf(resource);
  if (json) {
    const { type, tenantId = null, systemAssigned = null, userAssigned } = identity;
    console.log(JSON.stringify({ id: id.id, type, tenantId, systemAssigned, userAssigned }, null, 2));
    return 0;
  }
  console.log(linesOf(identity).join('\n'));
  if (identity.type === 'None') console.error(`Give it one: keyless identity assign ${id.id} --system`);
  return 0;
}

/** One fact a line, labels in bold on a terminal. */
export function linesOf({ type, tenantId, systemAssigned, userAssigned }: ResourceIdentity): string[] {
  const line = (label: string, text: string) =>
    `${styleText('bold', label.padEnd(18), { stream: process.stdout })}${text}`;
  return [
    line('identity', type),
    ...(tenantId ? [line('tenant', tenantId)] : []),
    ...(systemAssigned
      ? [line('system-assigned', `principal ${systemAssigned.principalId ?? 'not told yet'}`)]
      : []),
    ...userAssigned.flatMap(({ id, clientId = 'not told', principalId = 'not told' }) => [
      line('user-assigned', id),
      line('', `client ${clientId}, principal ${principalId}`),
    ]),
  ];
}
