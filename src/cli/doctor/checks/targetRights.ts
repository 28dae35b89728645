import type { MailTarget, Target } from '../../../settings/notifyTarget.ts';
import { resourcesClient } from '../../azure/arm.ts';
import { explained } from '../../azure/refusals.ts';
import { resourceId, sameText, withoutSlash } from '../../azure/resourceId.ts';
import { ROLE_TARGETS } from '../../grant/roles.ts';
import { type Finding, fault, warning } from '../check.ts';
import type { DeployedApp } from '../deployedApp.ts';
import { type HeldRole, judgeRoles, type Need } from '../judgeRoles.ts';
import { appRole } from './appRole.ts';

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
  const found = await resourceAt(subscriptionId, types[0] ?? '', target.url, at);
  if (!found) {
    return warning(`This subscription shows no ${target.kind} at ${target.url} to your sign-in.`, {
      fix: 'Is the address right? Look:',
      command: list,
    });
  }
  const need = { actions, ...(plane && { plane }), role: roles[0].name, resourceId: found.id, principalId };
  const judged = judgeRoles(await held(), need);
  const unlinked =
    target.kind === 'mail' && judged.status !== 'fault'
      ? await unlinkedSender(subscriptionId, target, found, at.version)
      : undefined;
  return unlinked ?? judged;
}

/** Where a service may not send for the domain of the sender. */
async function unlinkedSender(
  subscriptionId: string,
  { from }: MailTarget,
  { id, properties: { linkedDomains } }: Resource,
  version: string,
): Promise<Finding | undefined> {
  const ids = Array.isArray(linkedDomains) ? linkedDomains.map(String) : [];
  const domains = await explained(async () => {
    const client = await resourcesClient(subscriptionId);
    const linked = ids.map((each) => client.resources.getById(withoutSlash(each), version));
    return (await Promise.all(linked)).map(({ properties }) => String(Object(properties).fromSenderDomain));
  });
  if (domains.some((each) => sameText(each, from.split('@')[1] ?? ''))) return undefined;
  const { name, resourceGroup } = resourceId(id);
  return fault(`${from} is of no domain that ${name} may send for: it has ${domains.join(', ') || 'none'}.`, {
    fix: 'Link it, once it is verified; or correct "from" in NOTIFY:',
    command: `az communication update --name ${name} --resource-group ${resourceGroup} --linked-domains ${[...ids, `<id of the domain of ${from}>`].join(' ')}`,
  });
}

type Resource = { id: string; properties: Record<string, unknown> };

const resourceAt = (
  subscriptionId: string,
  type: string,
  address: string,
  { version, addressOf }: Pick<RoleAt, 'version' | 'addressOf'>,
): Promise<Resource | undefined> =>
  explained(async () => {
    const client = await resourcesClient(subscriptionId);
    for await (const { id = '' } of client.resources.list({ filter: `resourceType eq '${type}'` })) {
      const { properties } = await client.resources.getById(withoutSlash(id), version);
      if (sameText(String(addressOf(Object(properties))), address))
        return { id, properties: Object(properties) };
    }
    return undefined;
  });
