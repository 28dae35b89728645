import { authorizationClient } from '../azure/arm.ts';
import { appRoleAssignmentsOf, graphClient } from '../azure/graph.ts';
import { refusalOf } from '../azure/refusals.ts';
import { withoutSlash } from '../azure/resourceId.ts';
import { plain } from '../table.ts';

/** What an identity holds, which nobody gets back when it is deleted; `unread` are lists that could not be read. */
export type Losses = {
  principalId: string;
  roles: { role: string; scope: string }[];
  appRoles: { api: string; role: string }[];
  unread: string[];
};

/** The roles at the subscription and below, and the app roles, of a principal. */
export async function findLosses(principalId: string, subscriptionId: string): Promise<Losses> {
  const unread: string[] = [];
  const orUnread = async <T>(what: string, list: () => Promise<T[]>): Promise<T[]> => {
    try {
      return await list();
    } catch (error) {
      unread.push(`${what}: ${(refusalOf(error) as Error).message}`);
      return [];
    }
  };
  const [roles, appRoles] = await Promise.all([
    orUnread('role assignments', () => rolesOf(principalId, subscriptionId)),
    orUnread('app roles', async () => appRoleAssignmentsOf(await graphClient(), principalId)),
  ]);
  return {
    principalId,
    roles,
    appRoles: appRoles.map(({ api, value }) => ({ api, role: value })),
    unread,
  };
}

async function rolesOf(principalId: string, subscriptionId: string): Promise<Losses['roles']> {
  const client = await authorizationClient(subscriptionId);
  const names = new Map<string, string>();
  const roles: Losses['roles'] = [];
  const held = client.roleAssignments.listForSubscription({ filter: `principalId eq '${principalId}'` });
  for await (const { roleDefinitionId = '', scope = '' } of held) {
    const name =
      names.get(roleDefinitionId) ??
      (await client.roleDefinitions.getById(withoutSlash(roleDefinitionId))).roleName;
    names.set(roleDefinitionId, name ?? roleDefinitionId);
    roles.push({ role: name ?? roleDefinitionId, scope });
  }
  return roles;
}

export function linesOfLosses({ principalId, roles, appRoles, unread }: Losses): string[] {
  return [
    `Lost for good with the system-assigned identity ${principalId}; a new one will be another principal:`,
    ...roles.map(({ role, scope }) => `  role ${plain(role)} on ${scope}`),
    ...appRoles.map(({ api, role }) => `  app role ${plain(role)} of ${plain(api)}`),
    ...(roles.length + appRoles.length + unread.length === 0
      ? ['  no roles in this subscription, no app roles']
      : []),
    ...unread.map((what) => `  not read: ${what}`),
    'Roles in other subscriptions, group memberships and access policies are lost too; they are not listed here.',
  ];
}
