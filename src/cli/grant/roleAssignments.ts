import { createHash } from 'node:crypto';
import type { AuthorizationManagementClient, RoleAssignment } from '@azure/arm-authorization';
import { codeOf, untilReplicated } from '../azure/answer.ts';
import { type ResourceId, reaches, sameText, withoutSlash } from '../azure/resourceId.ts';
import type { AzureRole } from './roles.ts';

export type Wanted = { scope: ResourceId; role: AzureRole; objectId: string };

/** Assignments of the role to the principal that reach the scope: its own and inherited ones, the scope's own first. */
export async function assignmentsReaching(
  client: AuthorizationManagementClient,
  { scope, role, objectId }: Wanted,
): Promise<RoleAssignment[]> {
  const found: RoleAssignment[] = [];
  const held = client.roleAssignments.listForScope(withoutSlash(scope.id), {
    filter: `principalId eq '${objectId}'`,
  });
  for await (const each of held) {
    const sameRole = (each.roleDefinitionId ?? '').toLowerCase().endsWith(`/${role.id}`);
    // the filter also tells assignments below the scope
    if (sameRole && sameText(each.principalId ?? '', objectId) && reaches(each.scope ?? '', scope.id)) {
      found.push(each);
    }
  }
  return found.sort((one, other) => (other.scope ?? '').length - (one.scope ?? '').length);
}

/**
 * Assigns the role under a name made of scope, principal and role, so that a second time changes nothing. Resolves
 * with false where an assignment of another name says the same.
 */
export async function createAssignment(
  client: AuthorizationManagementClient,
  wanted: Wanted,
): Promise<boolean> {
  const { scope, role, objectId } = wanted;
  try {
    await untilReplicated(() =>
      client.roleAssignments.create(withoutSlash(scope.id), assignmentName(wanted), {
        roleDefinitionId: `/subscriptions/${scope.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role.id}`,
        principalId: objectId,
        principalType: 'ServicePrincipal',
      }),
    );
    return true;
  } catch (error) {
    if (codeOf(error) === 'RoleAssignmentExists') return false;
    throw error;
  }
}

export const assignmentName = ({ scope, role, objectId }: Wanted): string =>
  stableGuid(scope.id, objectId, role.id);

/** Drawn once for this project: the namespace of its names. */
const NAMESPACE = '5f1c7f0e-3c57-4b0e-9a55-0d6a2f6f6b8d';

/**
 * A version 5 UUID of the parts, in lower case and joined by `|`: the same parts always give the same one
 * (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5).
 */
export function stableGuid(...parts: readonly string[]): string {
  const hash = createHash('sha1')
    .update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(parts.join('|').toLowerCase())
    .digest()
    .subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}
