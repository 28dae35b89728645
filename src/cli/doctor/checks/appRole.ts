import type { ApiTarget } from '../../../settings/notifyTarget.ts';
import { appRoleAssignmentsOf, graphClient } from '../../azure/graph.ts';
import { explained } from '../../azure/refusals.ts';
import { findApi } from '../../grant/api.ts';
import { type Finding, fault, ok, warning } from '../check.ts';

/** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations */
const CACHED_HOURS = 24;

/** Whether an identity has the app role that an API asks for, by the directory. Throws AzureRefusal. */
export async function appRole(principalId: string, { scope, role }: ApiTarget): Promise<Finding> {
  const named = apiOf(scope);
  const { api, held } = await explained(async () => {
    const client = await graphClient();
    return { api: await findApi(client, named), held: await appRoleAssignmentsOf(client, principalId) };
  });
  const here = held.filter(({ apiId }) => apiId === api.id);
  const right = here.filter(({ value }) => role === undefined || value === role);
  if (right.length === 0) {
    const has = here.length > 0 ? `only ${here.map(({ value }) => value).join(', ')}` : 'no app role';
    return fault(
      `The identity has ${has} of ${named}${role ? `, not ${role}` : ''}: nothing is sent.`,
      grantAppRole(named, role, principalId),
    );
  }
  const values = right.map(({ value }) => value).join(', ');
  const hours = Math.max(...right.map(({ since = 0 }) => Date.now() - since)) / 3_600_000;
  if (hours < CACHED_HOURS) {
    const ago = hours < 1 ? 'less than an hour' : `${Math.floor(hours)} h`;
    return warning(`It was given ${values} of ${named} ${ago} ago: its token may be from before.`, {
      fix: `Azure keeps the token for up to ${CACHED_HOURS} hours, and nobody can force a new one; what waits is told by itself then.`,
    });
  }
  return ok(`It has ${values} of ${named}.`);
}

/** The App ID URI of a scope. */
export const apiOf = (scope: string): string => scope.replace(/\/\.default$/u, '');

export const grantAppRole = (api: string, role: string | undefined, objectId: string) => ({
  fix: 'Grant it; a managed identity’s token shows it after up to 24 hours:',
  command: `npm run keyless -- grant app-role --api ${api} --role ${role ?? '<app role>'} --principal ${objectId}`,
});
