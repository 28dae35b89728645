import type { ApiTarget, Target } from '../../../settings/notifyTarget.ts';
import { resourcesClient } from '../../azure/arm.ts';
import { appRoleAssignmentsOf, graphClient } from '../../azure/graph.ts';
import { explained } from '../../azure/refusals.ts';
import { withoutSlash } from '../../azure/resourceId.ts';
import { findApi } from '../../grant/api.ts';
import { ROLE_TARGETS } from '../../grant/roles.ts';
import { type Finding, fault, ok, warning } from '../check.ts';
import type { DeployedApp } from '../deployedApp.ts';
import { type HeldRole, judgeRoles, type Need } from '../judgeRoles.ts';

/** An Azure role at a target: how the target’s resource is found by its address, and what the service checks there. */
type RoleAt = Pick<Need, 'actions' | 'plane'> & {
  /** Of ARM, with a version that has the member. */
  version: string;
  addressOf(properties: Record<string, unknown>): unknown;
  list: string;
};

const ROLES_AT: Record<'topic' | 'mail', RoleAt> = {
  topic: {
    version: '2025-02-15',
    addressOf: ({ endpoint }) => endpoint,
    actions: ['Microsoft.EventGrid/events/send/action'],
    list: 'az eventgrid topic list --query "[].endpoint" --output tsv',
  },
  mail: {
    version: '2026-03-18',
    addressOf: ({ hostName }) => `https://${hostName}`,
    // of those it takes, the one that readers lack: https://learn.microsoft.com/azure/communication-services/quickstarts/email/send-email-smtp/smtp-authentication
    actions: ['Microsoft.Communication/CommunicationServices/Write'],
    plane: 'actions',
    list: 'az communication list --query "[].hostName" --output tsv',
  },
};

/** Whether the identity of a deployed app has its right at a target, by ARM and Graph. Throws AzureRefusal. */
export async function targetRight(
  { subscriptionId }: DeployedApp,
  principalId: string,
  target: Target,
  held: () => Promise<HeldRole[]>,
): Promise<Finding> {
  if (target.kind === 'api') return appRole(principalId, target);
  const { actions, plane, list, ...at } = ROLES_AT[target.kind];
  const { types, roles } = ROLE_TARGETS[target.kind];
  const resourceId = await resourceAt(subscriptionId, types[0] ?? '', target.url, at);
  if (!resourceId) {
    return warning(`This subscription shows no ${target.kind} at ${target.url} to your sign-in.`, {
      fix: 'Is the address right? Look:',
      command: list,
    });
  }
  const role = roles[0].name;
  return judgeRoles(await held(), { actions, ...(plane && { plane }), role, resourceId, principalId });
}

const resourceAt = (
  subscriptionId: string,
  type: string,
  address: string,
  { version, addressOf }: Pick<RoleAt, 'version' | 'addressOf'>,
): Promise<string | undefined> =>
  explained(async () => {
    const client = await resourcesClient(subscriptionId);
    for await (const { id = '' } of client.resources.list({ filter: `resourceType eq '${type}'` })) {
      const { properties } = await client.resources.getById(withoutSlash(id), version);
      if (addressOf(Object(properties)) === address) return id;
    }
    return undefined;
  });

/** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations */
const CACHED_HOURS = 24;

async function appRole(principalId: string, { scope, role }: ApiTarget): Promise<Finding> {
  const named = apiOf(scope);
  const { api, held } = await explained(async () => {
    const client = await graphClient();
    return { api: await findApi(client, named), held: await appRoleAssignmentsOf(client, principalId) };
  });
  const here = held.filter(({ apiId }) => apiId === api.id);
  const right = here.filter(({ value }) => role === undefined || value === role);
  if (right.length === 0) {
    const has = here.length > 0 ? `only ${here.map(({ value }) => value).join(', ')}` : 'no app role';
    return fault(`The identity has ${has} of ${named}${role ? `, not ${role}` : ''}: nothing is sent.`, {
      ...grantAppRole(named, role, principalId),
    });
  }
  const values = right.map(({ value }) => value).join(', ');
  const hours = Math.max(...right.map(({ since = 0 }) => Date.now() - since)) / 3_600_000;
  if (hours < CACHED_HOURS) {
    return warning(
      `It has ${values} of ${named} since ${Math.floor(hours)} hours: its token may be from before.`,
      {
        fix: `Azure keeps the token for up to ${CACHED_HOURS} hours, and nobody can force a new one; what waits is told by itself then.`,
      },
    );
  }
  return ok(`It has ${values} of ${named}.`);
}

/** The App ID URI of a scope. */
export const apiOf = (scope: string): string => scope.replace(/\/\.default$/u, '');

export const grantAppRole = (api: string, role: string | undefined, objectId: string) => ({
  fix: 'Grant it; a managed identity’s token shows it after up to 24 hours:',
  command: `npm run keyless -- grant app-role --api ${api} --role ${role ?? '<app role>'} --principal ${objectId}`,
});
