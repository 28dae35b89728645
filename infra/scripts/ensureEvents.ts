import { eventGridClient, webSitesClient } from './azureClients.ts';
import type { Deployment } from './deployment.ts';
import { checkQueueSubscription, findSubscription, writeSubscription } from './eventSubscription.ts';
import { noKey, systemKey } from './systemKey.ts';
import { wantedSubscription } from './wantedSubscription.ts';
import { withoutKey } from './withoutKey.ts';

export type Options = {
  dryRun: boolean;
  probe: boolean;
  /** Whether to wait for code that is not deployed yet. */
  wait: boolean;
  /** For the key, the handshake and the document each. */
  patienceMs: number;
};

/**
 * Sets the event subscription right, as far as that is this script’s part, and proves by a probe picture that events
 * arrive. Tells what it does on standard output; throws what stands against it.
 */
export async function ensureEvents(
  deployment: Deployment,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const ready = await (deployment.delivery === 'queue'
    ? checkQueue(deployment)
    : ensureWebhook(deployment, options));
  if (!ready || !options.probe || options.dryRun) return;
  if (!deployment.hasModel) {
    say(
      'No probe picture was dropped: there is no model yet. azd env set VISION_PREDICTION_URL "<prediction URL>", then azd provision and azd hooks run postdeploy.',
    );
    return;
  }
  const { probe } = await import('./probe.ts');
  say(await probe(deployment, options.patienceMs, signal));
}

async function checkQueue(deployment: Deployment): Promise<boolean> {
  await checkQueueSubscription(eventGridClient(deployment.subscriptionId), deployment);
  say(`${nameOf(deployment)} is as it has to be; delivery is by queue, without a key.`);
  return true;
}

/** False where there is nothing to deliver to yet. */
async function ensureWebhook(deployment: Deployment, options: Options): Promise<boolean> {
  const { dryRun, wait, patienceMs } = options;
  const sites = webSitesClient(deployment.subscriptionId);
  const patience = dryRun || !wait ? 0 : patienceMs;
  const key = await systemKey(sites, deployment, patience, () =>
    remark('Waiting for the host to load the code …'),
  );
  if (key === undefined) {
    if (!dryRun && wait) throw noKey(deployment);
    say(`${nameOf(deployment)} is made after azd deploy: the app has no code yet.`);
    return false;
  }
  const client = eventGridClient(deployment.subscriptionId);
  const wanted = wantedSubscription(deployment, key);
  const found = await findSubscription(client, deployment, wanted);
  if (found.kind === 'right') {
    say(`${nameOf(deployment)} is as it has to be; nothing was changed.`);
    return true;
  }
  const differences = found.kind === 'other' ? found.differences : [];
  if (dryRun) {
    say(`${nameOf(deployment)} would be ${found.kind === 'missing' ? 'made' : 'changed'}:`);
    say(withoutKey(JSON.stringify(wanted, null, 2)));
  } else {
    await writeSubscription(client, deployment, wanted, patienceMs);
    say(`${nameOf(deployment)} was ${found.kind === 'missing' ? 'made' : 'changed'}.`);
  }
  for (const { member, is, wanted: want } of differences) say(`  ${member}: ${is} → ${want}`);
  return true;
}

function nameOf({ eventSubscriptionName, systemTopicName }: Deployment): string {
  return `The event subscription ${systemTopicName}/${eventSubscriptionName}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function remark(line: string): void {
  process.stderr.write(`${line}\n`);
}
