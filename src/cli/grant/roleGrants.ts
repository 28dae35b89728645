import { authorizationClient } from '../azure/arm.ts';
import { type ChosenPrincipal, checkChoice, choosePrincipal } from '../azure/principal.ts';
import { AzureRefusal, explained } from '../azure/refusals.ts';
import { findResource } from '../azure/resource.ts';
import { type ResourceId, sameText, topOf, withoutSlash } from '../azure/resourceId.ts';
import type { RoleOptions } from '../commands/grant.ts';
import { assignmentsReaching, createAssignment } from './roleAssignments.ts';
import type { AzureRole, RoleKind } from './roles.ts';

/** Assigns an Azure role to an identity. Resolves with the exit code. */
export async function grantRole(kind: RoleKind, role: AzureRole, options: RoleOptions): Promise<number> {
  checkChoice(options);
  return explained(async () => {
    const { scope } = options;
    const principal = await choosePrincipal(options);
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
const ROLES_SPREAD =
  'The resource looks roles up at every call; a change takes up to ten minutes to be seen. No restart is needed.';

function tellRole(role: AzureRole, scope: ResourceId, principal: ChosenPrincipal): void {
  console.log(`Role: ${role.name} (${role.id})`);
  console.log(`Scope: ${scope.id}`);
  console.log(`For: ${principal.described}`);
}

/** Takes an Azure role away at the scope; 1 where the identity keeps it from further up. Resolves with the exit code. */
export async function revokeRole(role: AzureRole, options: RoleOptions): Promise<number> {
  checkChoice(options);
  return explained(async () => {
    const { scope } = options;
    const principal = await choosePrincipal(options);
    tellRole(role, scope, principal);
    const client = await authorizationClient(scope.subscriptionId);
    const held = await assignmentsReaching(client, { scope, role, objectId: principal.objectId });
    const own = held.filter((each) => sameText(each.scope ?? '', scope.id));
    const inherited = held.filter((each) => !own.includes(each));
    if (!options.dryRun)
      for (const { id = '' } of own) await client.roleAssignments.deleteById(withoutSlash(id));
    if (own.length === 0) console.log('Not assigned there: nothing to take away.');
    else
      console.log(options.dryRun ? 'Nothing was changed: this is what would be taken away.' : 'Taken away.');
    for (const { id, scope: above } of inherited) {
      console.error(`Still held, from ${above}. Taken away with: az role assignment delete --ids ${id}`);
    }
    if (own.length > 0 && !options.dryRun) console.error(ROLES_SPREAD);
    return inherited.length > 0 ? 1 : 0;
  });
}

/** Checks that the account of a scope is there and is one that the role is of use on. */
async function checkAccount(kind: RoleKind, scope: ResourceId): Promise<void> {
  const account = topOf(scope);
  const { resource } = await findResource(account);
  if (kind !== 'vision' || resource.kind !== 'CustomVision.Training') return;
  throw new AzureRefusal(
    `${account.name} is a Custom Vision training account; a prediction is checked at the prediction account.`,
    'az cognitiveservices account list --query "[?kind==\'CustomVision.Prediction\'].id" --output tsv tells yours.',
  );
}
