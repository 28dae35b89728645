import { authorizationClient } from '../azure/arm.ts';
import { explained } from '../azure/refusals.ts';
import { reaches, withoutSlash } from '../azure/resourceId.ts';
import { type Finding, fault, ok, warning } from './check.ts';

/** A role that a principal holds at a scope, itself or by a group. */
export type HeldRole = {
  role: string;
  scope: string;
  /** Unix milliseconds; undefined where ARM does not tell. */
  since?: number;
  /** All four may contain `*`. */
  actions: readonly string[];
  notActions: readonly string[];
  dataActions: readonly string[];
  notDataActions: readonly string[];
};

/** What a service checks: most of them data actions, mail the actions of managing. */
export type Plane = 'actions' | 'dataActions';

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
        actions: permissions.flatMap(({ actions = [] }) => actions),
        notActions: permissions.flatMap(({ notActions = [] }) => notActions),
        dataActions: permissions.flatMap(({ dataActions = [] }) => dataActions),
        notDataActions: permissions.flatMap(({ notDataActions = [] }) => notDataActions),
      });
    }
    return held;
  });
}

/** https://learn.microsoft.com/azure/role-based-access-control/role-definitions#wildcard-permissions */
export function allows(held: HeldRole, action: string, plane: Plane = 'dataActions'): boolean {
  const covers = (pattern: string) => {
    const parts = pattern.split('*').map((part) => part.replaceAll(/[.\\/+^$()|[\]{}?-]/gu, String.raw`\$&`));
    return new RegExp(`^${parts.join('.*')}$`, 'iu').test(action);
  };
  const excepted = plane === 'actions' ? held.notActions : held.notDataActions;
  return held[plane].some(covers) && !excepted.some(covers);
}

export type Need = {
  /** Of which one is enough. */
  actions: readonly string[];
  /** Data actions unless told. */
  plane?: Plane;
  /** The smallest built-in role that is known to do. */
  role: string;
  resourceId: string;
  principalId: string;
};

/** After a role is granted the services may refuse it for up to ten minutes: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected */
const SPREADING_MS = 10 * 60_000;

/** Tells apart what looks the same to a caller: no role, the wrong role, the wrong account, a role still spreading. */
export function judgeRoles(held: readonly HeldRole[], need: Need, now: number = Date.now()): Finding {
  const { actions, plane, role, resourceId, principalId } = need;
  const name = resourceId.split('/').at(-1);
  const does = (each: HeldRole) => actions.some((action) => allows(each, action, plane));
  const here = held.filter(({ scope }) => reaches(scope, resourceId));
  const right = here.filter(does);
  const [first] = right;
  if (first) {
    const since = Math.min(...right.map((each) => each.since ?? 0));
    if (now - since < SPREADING_MS) {
      return warning(`${first.role} was granted ${minutes(now - since)} ago: it may still be spreading.`, {
        fix: 'Wait until ten minutes have passed; the token need not be new for it. Then:',
        command: 'npm run keyless -- doctor --probe',
      });
    }
    return ok(`${first.role} at ${first.scope}.`, right.slice(1).map(told));
  }
  const grant = {
    fix: 'Grant it there, and wait some minutes:',
    command: `az role assignment create --assignee-object-id ${principalId} --assignee-principal-type ServicePrincipal --role "${role}" --scope ${resourceId}`,
  };
  const elsewhere = held.filter(does);
  if (elsewhere[0]) {
    return fault(`Wrong account: ${elsewhere.map(told).join(', ')}, but none on ${name}.`, grant);
  }
  if (here.length > 0) {
    return fault(
      `Wrong role: ${here.map(({ role: each }) => each).join(', ')} on ${name} does not allow it.`,
      grant,
    );
  }
  return fault(`No role: the identity ${principalId} has none on ${name}.`, grant);
}

const told = ({ role, scope }: HeldRole): string => `${role} at ${scope}`;

function minutes(ms: number): string {
  const count = Math.max(0, Math.floor(ms / 60_000));
  return count === 1 ? '1 minute' : `${count} minutes`;
}
