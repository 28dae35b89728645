import { styleText } from 'node:util';
import { explained } from '../azure/refusals.ts';
import { findResource } from '../azure/resource.ts';
import type { ResourceId } from '../azure/resourceId.ts';
import { identityOf, type ResourceIdentity } from './identity.ts';

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
