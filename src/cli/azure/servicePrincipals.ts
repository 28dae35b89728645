import type { Client } from '@microsoft/microsoft-graph-client';
import type { AppRole, AppRoleAssignment, ServicePrincipal } from '@microsoft/microsoft-graph-types';
import { codeOf } from './answer.ts';
import { listAll } from './graph.ts';

/** A service principal as it is read here: an API, an app or a managed identity. */
export type Principal = Pick<ServicePrincipal, 'appRoles' | 'displayName' | 'servicePrincipalType'> & {
  id: string;
  appId: string;
};
const SELECT = '$select=id,appId,displayName,servicePrincipalType,servicePrincipalNames,appRoles';

/** Of this object id; undefined where the directory has none (yet). */
export async function principalById(client: Client, id: string): Promise<Principal | undefined> {
  try {
    return (await client.api(`/servicePrincipals/${id}?${SELECT}`).get()) as Principal;
  } catch (error) {
    if (codeOf(error) === 'Request_ResourceNotFound') return undefined;
    throw error;
  }
}

/** By an OData filter: https://learn.microsoft.com/graph/api/serviceprincipal-list */
export const principalsWhere = (client: Client, filter: string): Promise<Principal[]> =>
  listAll<Principal>(client, `/servicePrincipals?$filter=${encodeURIComponent(filter)}&${SELECT}`);

/** A text as OData quotes it. */
export const odataText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** An app role that a principal holds, with the names of the API and the role where they can be read. */
export type HeldAppRole = { id: string; apiId: string; api: string; roleId: string; value: string };

/** Every app role of a principal. */
export async function appRoleAssignmentsOf(client: Client, principalId: string): Promise<HeldAppRole[]> {
  const held = await listAll<AppRoleAssignment>(
    client,
    `/servicePrincipals/${principalId}/appRoleAssignments`,
  );
  const roles = new Map<string, AppRole[]>();
  const named: HeldAppRole[] = [];
  for (const { id, resourceId, resourceDisplayName, appRoleId } of held) {
    if (!id || !resourceId || !appRoleId) continue;
    const known = roles.get(resourceId) ?? (await principalById(client, resourceId))?.appRoles ?? [];
    roles.set(resourceId, known);
    const role = known.find((each) => each.id === appRoleId);
    named.push({
      id,
      apiId: resourceId,
      api: resourceDisplayName ?? resourceId,
      roleId: appRoleId,
      value: role?.value ?? `with id ${appRoleId}`,
    });
  }
  return named;
}
