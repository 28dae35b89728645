import { authorizationClient } from '../azure/arm.ts';
import { type ChosenPrincipal, checkChoice, choosePrincipal } from '../azure/principal.ts';
import { explained } from '../azure/refusals.ts';
import { type ResourceId, sameText } from '../azure/resourceId.ts';
import { checkAccount } from './account.ts';
import type { RoleOptions } from './command.ts';
import { checkObjectId } from './objectIdCheck.ts';
import { assignmentsReaching, createAssignment } from './roleAssignments.ts';
import type { AzureRole, RoleKind } from './roles.ts';

/** Assigns an Azure role to an identity. Resolves with the exit code. */
export async function grantRole(kind: RoleKind, role: AzureRole, options: RoleOptions): Promise<number> {
  checkChoice(options);
  return explained(async () => {
    const { scope } = options;
    const principal = await choosePrincipal(options);
    if (options.principal) await checkObjectId(options.principal);
    await checkAccount(kind, scope);
    tellRole(role, scope, principal);
    console.log(`Why: ${role.why}`);
    const wanted = { scope, role, objectId: principal.objectId };
    const client = await authorizationClient(scope.subscriptionId);
    const [present] = await assignmentsReaching(client, wanted);
    if (present) {
      const where = sameText(present.scope ?? '', scope.id)
        ? ''
        : `, at ${present.scope}, which reaches here`;
      console.log(`Already assigned${where}.`);
      return 0;
    }
    if (options.dryRun) {
      console.log('Nothing was changed: this is what would be assigned.');
      return 0;
    }
    const created = await createAssignment(client, wanted);
    console.log(created ? 'Assigned.' : 'Already assigned.');
    if (created) console.error(ROLES_SPREAD);
    return 0;
  });
}

/** https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected */
export const ROLES_SPREAD =
  'The resource looks roles up at every call; a change takes up to ten minutes to be seen. No restart is needed.';

export function tellRole(role: AzureRole, scope: ResourceId, principal: ChosenPrincipal): void {
  console.log(`Role: ${role.name} (${role.id})`);
  console.log(`Scope: ${scope.id}`);
  console.log(`For: ${principal.described}`);
}
