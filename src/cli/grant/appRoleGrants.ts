import type { Client } from '@microsoft/microsoft-graph-client';
import { answerOf, codeOf, untilReplicated } from '../azure/answer.ts';
import { appRoleAssignmentsOf, graphClient, type HeldAppRole, type Principal } from '../azure/graph.ts';
import { type ChosenPrincipal, checkChoice, choosePrincipal } from '../azure/principal.ts';
import { explained } from '../azure/refusals.ts';
import type { AppRoleOptions } from '../commands/grant.ts';
import { plain } from '../table.ts';
import { appRoleNamed, findApi } from './api.ts';

/** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations */
const TOKENS_ARE_CACHED =
  'App roles travel in the token, and Azure keeps a managed identity’s token for up to 24 hours, for each API: one that was given out before shows no change until it has expired. Nobody can force a new one, a restart neither.';

/** Assigns an API's app role to an identity. Resolves with the exit code. */
export async function grantAppRole(options: AppRoleOptions): Promise<number> {
  checkChoice(options);
  return explained(async () => {
    const { client, principal, api, role, held } = await look(options);
    if (held) {
      console.log('Already assigned.');
      return 0;
    }
    if (options.dryRun) {
      console.log('Nothing was changed: this is what would be assigned.');
      return 0;
    }
    const created = await create(client, principal, api, role.id);
    console.log(created ? 'Assigned.' : 'Already assigned.');
    if (created) console.error(TOKENS_ARE_CACHED);
    return 0;
  });
}

/** Takes an API's app role away. Resolves with the exit code. */
export async function revokeAppRole(options: AppRoleOptions): Promise<number> {
  checkChoice(options);
  return explained(async () => {
    const { client, principal, held } = await look(options);
    if (!held) {
      console.log('Not assigned: nothing to take away.');
      return 0;
    }
    if (options.dryRun) {
      console.log('Nothing was changed: this is what would be taken away.');
      return 0;
    }
    await client.api(`/servicePrincipals/${principal.objectId}/appRoleAssignments/${held.id}`).delete();
    console.log('Taken away.');
    console.error(TOKENS_ARE_CACHED);
    return 0;
  });
}

async function look(options: AppRoleOptions) {
  const principal = await choosePrincipal(options);
  const client = await graphClient();
  const api = await findApi(client, options.api);
  const role = appRoleNamed(api, options.role);
  console.log(`App role: ${role.value} (${role.id})`);
  console.log(`API: ${plain(api.displayName ?? '')}, client id ${api.appId}, object id ${api.id}`);
  console.log(`For: ${principal.described}`);
  const held = (await heldBy(client, principal)).find(
    (each) => each.apiId === api.id && each.roleId === role.id,
  );
  return { client, principal, api, role, held };
}

/** None for a principal that the directory does not know yet. */
async function heldBy(client: Client, { objectId }: ChosenPrincipal): Promise<HeldAppRole[]> {
  try {
    return await appRoleAssignmentsOf(client, objectId);
  } catch (error) {
    if (codeOf(error) === 'Request_ResourceNotFound') return [];
    throw error;
  }
}

/** False where it was assigned in between. https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto */
async function create(
  client: Client,
  { objectId }: ChosenPrincipal,
  api: Principal,
  appRoleId: string,
): Promise<boolean> {
  const body = { principalId: objectId, resourceId: api.id, appRoleId };
  try {
    await untilReplicated(() => client.api(`/servicePrincipals/${api.id}/appRoleAssignedTo`).post(body));
    return true;
  } catch (error) {
    if (/Permission being assigned already exists/iu.test(answerOf(error)?.message ?? '')) return false;
    throw error;
  }
}
