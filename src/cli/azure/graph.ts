import type { Client } from '@microsoft/microsoft-graph-client';
import type { AppRole, AppRoleAssignment, ServicePrincipal } from '@microsoft/microsoft-graph-types';
import { codeOf } from './answer.ts';
import { cloudOf, operatorCredential } from './cloud.ts';
import { stranger, wayToGraph } from './way.ts';

/** Microsoft Graph v1.0 with the operator's rights; it waits out 429, 503 and 504 itself. */
export async function graphClient(): Promise<Client> {
  const { graphEndpoint, graphScope } = cloudOf(process.env);
  const credential = operatorCredential();
  // Asked for here, since the client would turn the refusal into an error without a cause.
  await credential.getToken(graphScope);
  const { AuthenticationHandler, Client, RetryHandler } = await import('@microsoft/microsoft-graph-client');
  const getAccessToken = async () => (await credential.getToken(graphScope))?.token ?? '';
  return Client.initWithMiddleware({
    baseUrl: `${graphEndpoint}/`,
    customHosts: new Set([new URL(graphEndpoint).hostname]),
    middleware: [new AuthenticationHandler({ getAccessToken }), new RetryHandler(), wayToGraph],
  });
}

/** Every item of a list, page after page. */
export async function listAll<T>(client: Client, path: string): Promise<T[]> {
  const items: T[] = [];
  let next: string | undefined = path;
  while (next) {
    const page: { value?: T[]; '@odata.nextLink'?: string } = await client.api(next).get();
    if (!Array.isArray(page?.value))
      throw stranger('Microsoft Graph', cloudOf(process.env).graphEndpoint, 200);
    items.push(...page.value);
    next = page['@odata.nextLink'];
  }
  return items;
}

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
export type HeldAppRole = {
  id: string;
  apiId: string;
  api: string;
  roleId: string;
  value: string;
  /** Unix milliseconds; undefined where Graph does not tell. */
  since?: number;
};

/** Every app role of a principal. */
export async function appRoleAssignmentsOf(client: Client, principalId: string): Promise<HeldAppRole[]> {
  const held = await listAll<AppRoleAssignment>(
    client,
    `/servicePrincipals/${principalId}/appRoleAssignments`,
  );
  const roles = new Map<string, AppRole[]>();
  const named: HeldAppRole[] = [];
  for (const { id, resourceId, resourceDisplayName, appRoleId, createdDateTime } of held) {
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
      ...(createdDateTime && { since: Date.parse(createdDateTime) }),
    });
  }
  return named;
}
