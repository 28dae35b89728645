import { authorizationClient } from '../azure/arm.ts';
import { explained } from '../azure/refusals.ts';
import { withoutSlash } from '../azure/resourceId.ts';

/** A role that a principal holds at a scope, itself or by a group. */
export type HeldRole = {
  role: string;
  scope: string;
  /** Unix milliseconds; undefined where ARM does not tell. */
  since?: number;
  /** May contain `*`. */
  dataActions: readonly string[];
  notDataActions: readonly string[];
};

/** Everything the principal holds in the subscription. Throws AzureRefusal. */
export function heldRoles(subscriptionId: string, principalId: string): Promise<HeldRole[]> {
  return explained(async () => {
    const client = await authorizationClient(subscriptionId);
    const held: HeldRole[] = [];
    const filter = `assignedTo('${principalId}')`;
    for await (const assignment of client.roleAssignments.listForSubscription({ filter })) {
      const { roleDefinitionId, scope = '', createdOn } = assignment;
      if (!roleDefinitionId) continue;
      const { roleName = '', permissions = [] } = await client.roleDefinitions.getById(
        withoutSlash(roleDefinitionId),
      );
      held.push({
        role: roleName,
        scope,
        ...(createdOn && { since: createdOn.getTime() }),
        dataActions: permissions.flatMap(({ dataActions = [] }) => dataActions),
        notDataActions: permissions.flatMap(({ notDataActions = [] }) => notDataActions),
      });
    }
    return held;
  });
}

/** https://learn.microsoft.com/azure/role-based-access-control/role-definitions#wildcard-permissions */
export function allows({ dataActions, notDataActions }: HeldRole, action: string): boolean {
  const covers = (pattern: string) => {
    const parts = pattern.split('*').map((part) => part.replaceAll(/[.\\/+^$()|[\]{}?-]/gu, String.raw`\$&`));
    return new RegExp(`^${parts.join('.*')}$`, 'iu').test(action);
  };
  return dataActions.some(covers) && !notDataActions.some(covers);
}

/** Whether an assignment at `scope` reaches a resource: at it, or above it, where every management group told of is. */
export const reaches = (scope: string, resourceId: string): boolean =>
  scope === '/' ||
  /^\/providers\/Microsoft\.Management\/managementGroups\//iu.test(scope) ||
  `${resourceId}/`.toLowerCase().startsWith(`${scope}/`.toLowerCase());
