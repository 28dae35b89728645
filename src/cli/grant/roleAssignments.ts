import type { AuthorizationManagementClient, RoleAssignment } from '@azure/arm-authorization';
import { codeOf } from '../azure/answer.ts';
import { untilReplicated } from '../azure/replication.ts';
import { type ResourceId, sameText, withoutSlash } from '../azure/resourceId.ts';
import { stableGuid } from '../azure/stableGuid.ts';
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
    if (sameRole && sameText(each.principalId ?? '', objectId) && reaches(each.scope ?? '', scope.id)) {
      found.push(each);
    }
  }
  return found.sort((one, other) => (other.scope ?? '').length - (one.scope ?? '').length);
}

/** The filter also tells assignments below the scope. */
function reaches(assigned: string, scope: string): boolean {
  const [above, below] = [assigned.replace(/\/$/u, '').toLowerCase(), scope.toLowerCase()];
  // A management group is above every subscription whose answer tells of it.
  if (above.startsWith('/providers/microsoft.management/managementgroups/')) return true;
  return below === above || below.startsWith(`${above}/`);
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
