import { asKeylessError } from '../../../errors/errors.ts';
import { isPrivate } from '../../../notify/addresses.ts';
import { MAIL_SCOPE } from '../../../notify/mail/service.ts';
import { TOPIC_SCOPE } from '../../../notify/topic.ts';
import { type Target, targetName } from '../../../settings/notifyTarget.ts';
import { resourcesClient } from '../../azure/arm.ts';
import { explained } from '../../azure/refusals.ts';
import { withoutSlash } from '../../azure/resourceId.ts';
import { tokenFacts } from '../../token/claims.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import { type Context, INSIDE } from '../context.ts';
import type { DeployedApp } from '../deployedApp.ts';
import { heldRoles, judgeRoles } from '../judgeRoles.ts';
import { outboxCheck } from './outbox.ts';

/** Whom the app tells of documents: each target once, and what waits. */
export function notifyChecks(context: Context): Check[] {
  const rules = context.loaded.settings?.notify ?? [];
  if (rules.length === 0) return [];
  const targets = [...new Map(rules.map(({ to }) => [targetName(to), to])).values()];
  return [
    ...targets.flatMap((target) => [reachCheck(context, target), rightCheck(context, target)]),
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

function rightCheck(context: Context, target: Target): Check {
  return {
    id: `target-right:${targetName(target)}`,
    group: 'Notifications',
    title: `The identity’s token and right for ${targetName(target)}`,
    after: ['settings', 'identity'],
    limitMs: 30_000,
    async run() {
      const { deployed } = context;
      if (deployed) {
        if (target.kind === 'topic') return topicRole(context, deployed, target.url);
        return { status: 'could not check', finding: INSIDE, because: 'inside' };
      }
      try {
        const token = await context.credential().getToken(scopeOf(target));
        if (!token) throw new Error('The credential gave no token.');
        return judgeToken(target, tokenFacts(token));
      } catch (error) {
        return fault(`No token for ${scopeOf(target)}: ${asKeylessError(error).message}`, {
          fix: 'Is the scope in NOTIFY the App ID URI of the API, and has it a service principal in this tenant?',
        });
      }
    },
  };
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
  const api = scope.replace(/\/\.default$/u, '');
  return fault(
    `A token for ${api} is issued, but without ${role ? `the app role ${role}` : 'an app role'}: nothing is sent.`,
    {
      fix: 'Grant it; a managed identity’s token shows it after up to 24 hours:',
      command: `npm run keyless -- grant app-role --api ${api} --role ${role ?? '<app role>'} --principal ${objectId}`,
    },
  );
}

const TOPICS_VERSION = '2025-02-15';

async function topicRole({ choice }: Context, app: DeployedApp, url: string): Promise<Finding> {
  const { subscriptionId } = app;
  const principalId = app.identity(choice)?.objectId ?? '';
  const resourceId = await explained(async () => {
    const client = await resourcesClient(subscriptionId);
    const filter = "resourceType eq 'Microsoft.EventGrid/topics'";
    for await (const { id = '' } of client.resources.list({ filter })) {
      const { properties } = await client.resources.getById(withoutSlash(id), TOPICS_VERSION);
      const { endpoint = '' } = Object(properties) as { endpoint?: string };
      if (endpoint === url) return id;
    }
    return undefined;
  });
  if (!resourceId) {
    return warning(`This subscription shows no topic at ${url} to your sign-in.`, {
      fix: 'Is the address right? Look:',
      command: 'az eventgrid topic list --query "[].endpoint" --output tsv',
    });
  }
  const actions = ['Microsoft.EventGrid/events/send/action'];
  return judgeRoles(await heldRoles(subscriptionId, principalId), {
    ...{ actions, role: 'EventGrid Data Sender', resourceId, principalId },
  });
}
