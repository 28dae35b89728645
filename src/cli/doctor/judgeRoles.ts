import { type Finding, fault, ok, warning } from './check.ts';
import { allows, type HeldRole, reaches } from './heldRoles.ts';

export type Need = {
  /** Of which one is enough. */
  actions: readonly string[];
  /** The smallest built-in role that is known to do. */
  role: string;
  resourceId: string;
  principalId: string;
};

/** After a role is granted the services may refuse it for up to ten minutes: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected */
const SPREADING_MS = 10 * 60_000;

/** Tells apart what looks the same to a caller: no role, the wrong role, the wrong account, a role still spreading. */
export function judgeRoles(held: readonly HeldRole[], need: Need, now: number = Date.now()): Finding {
  const { actions, role, resourceId, principalId } = need;
  const name = resourceId.split('/').at(-1);
  const does = (each: HeldRole) => actions.some((action) => allows(each, action));
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
