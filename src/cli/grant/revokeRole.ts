import { authorizationClient } from '../azure/arm.ts';
import { checkChoice, choosePrincipal } from '../azure/principal.ts';
import { explained } from '../azure/refusals.ts';
import { sameText, withoutSlash } from '../azure/resourceId.ts';
import type { RoleOptions } from './command.ts';
import { ROLES_SPREAD, tellRole } from './grantRole.ts';
import { checkObjectId } from './objectIdCheck.ts';
import { assignmentsReaching } from './roleAssignments.ts';
import type { AzureRole } from './roles.ts';

/** Takes an Azure role away at the scope; 1 where the identity keeps it from further up. Resolves with the exit code. */
export async function revokeRole(role: AzureRole, options: RoleOptions): Promise<number> {
  checkChoice(options);
  return explained(async () => {
    const { scope } = options;
    const principal = await choosePrincipal(options);
    if (options.principal) await checkObjectId(options.principal);
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
