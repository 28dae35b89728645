import { asKeylessError } from '../../../errors/errors.ts';
import { isPrivate } from '../../../notify/addresses.ts';
import { MAIL_SCOPE } from '../../../notify/mail/service.ts';
import { TOPIC_SCOPE } from '../../../notify/topic.ts';
import { type Target, targetName } from '../../../settings/notifyTarget.ts';
import { tokenFacts } from '../../token/claims.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import { type Context, once } from '../context.ts';
import { heldRoles } from '../judgeRoles.ts';
import { apiOf, grantAppRole } from './appRole.ts';
import { outboxCheck } from './outbox.ts';
import { targetRight } from './targetRights.ts';

/** Whom the app tells of documents: each host once, each right at it, and what waits. */
export function notifyChecks(context: Context): Check[] {
  const rules = context.loaded.settings?.notify ?? [];
  if (rules.length === 0) return [];
  const targets = rules.map(({ to }) => to);
  const principalId = context.deployed?.identity(context.choice)?.objectId ?? '';
  const held = once(() => heldRoles(context.deployed?.subscriptionId ?? '', principalId));
  const right = (target: Target) => {
    const { deployed } = context;
    return deployed ? targetRight(deployed, principalId, target, held) : ownToken(context, target);
  };
  return [
    ...distinct(targets, targetName).map((target) => reachCheck(context, target)),
    ...distinct(targets, rightName).map((target) => rightCheck(target, right)),
    outboxCheck(context),
  ];
}

function reachCheck(context: Context, target: Target): Check {
  const { origin, host } = new URL(target.url);
  return {
    id: `target:${targetName(target)}`,
    group: 'Notifications',
    title: `${targetName(target)} answers`,
    after: ['settings'],
    async run() {
      const reached = await context.reach(origin);
      if (!reached.answered) {
        const tell = context.deployed ? warning : fault;
        if (reached.step === 'proxy') return tell(reached.fault.message, { fix: reached.fault.fix });
        return tell(`${host} does not answer from here: no ${reached.step} (${reached.code}).`, {
          fix: 'Look at the address in NOTIFY, then at proxy, firewall and network:',
          command: `curl -I ${origin}`,
        });
      }
      const inside = reached.addresses.filter(isPrivate);
      if (inside.length > 0 && !target.private) {
        return fault(`${host} is ${inside.join(', ')}, a private address; nothing is sent there.`, {
          fix: 'Where that is meant (a private endpoint), add "private": true to the target in NOTIFY.',
        });
      }
      return ok(`It does, in ${reached.ms} ms.`, [`${host} is ${reached.addresses.join(', ')}`]);
    },
  };
}

const scopeOf = (target: Target): string =>
  target.kind === 'api' ? target.scope : target.kind === 'topic' ? TOPIC_SCOPE : MAIL_SCOPE;

const distinct = (targets: readonly Target[], nameOf: (target: Target) => string): Target[] => [
  ...new Map(targets.map((target) => [nameOf(target), target])).values(),
];

/** One host may have several APIs, and an API several app roles. */
const rightName = (target: Target): string =>
  target.kind === 'api'
    ? `${targetName(target)} (${[apiOf(target.scope), target.role].filter(Boolean).join(', ')})`
    : targetName(target);

const rightCheck = (target: Target, right: (target: Target) => Promise<Finding>): Check => ({
  id: `target-right:${rightName(target)}`,
  group: 'Notifications',
  title: `The identity’s token and right for ${rightName(target)}`,
  after: ['settings', 'identity'],
  limitMs: 30_000,
  run: () => right(target),
});

async function ownToken(context: Context, target: Target): Promise<Finding> {
  try {
    const token = await context.credential().getToken(scopeOf(target));
    if (!token) throw new Error('The credential gave no token.');
    return judgeToken(target, tokenFacts(token));
  } catch (error) {
    return fault(`No token for ${scopeOf(target)}: ${asKeylessError(error).message}`, {
      fix: 'Is the scope in NOTIFY the App ID URI of the API, and has it a service principal in this tenant?',
    });
  }
}

function judgeToken(
  target: Target,
  { roles, objectId = '<object id>' }: ReturnType<typeof tokenFacts>,
): Finding {
  if (target.kind !== 'api') {
    return ok('A token is given; whether the identity has its role there shows with the first that is told.');
  }
  const { role, scope } = target;
  if (role ? roles.includes(role) : roles.length > 0)
    return ok(`Its token carries ${role ?? roles.join(', ')}.`);
  return fault(
    `A token for ${apiOf(scope)} is issued, but without ${role ? `the app role ${role}` : 'an app role'}: nothing is sent.`,
    grantAppRole(apiOf(scope), role, objectId),
  );
}
