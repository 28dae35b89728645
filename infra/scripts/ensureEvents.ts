import { eventGridClient, webSitesClient } from '../../src/cli/azure/arm.ts';
import type { Deployment } from './deployment.ts';
import { findSubscription, writeSubscription } from './eventSubscription.ts';
import { NoKey, noKey, systemKey } from './systemKey.ts';
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
  const key = await keyOf(deployment, options);
  if (key === undefined) return;
  await ensureSubscription(deployment, key, options);
  if (!options.probe || options.dryRun) return;
  if (!deployment.hasModel) {
    say(
      'No probe picture was dropped: there is no model yet. azd env set VISION_PREDICTION_URL "<prediction URL>", then azd provision and azd hooks run postdeploy.',
    );
    return;
  }
  const { probe } = await import('./probe.ts');
  say(await probe(deployment, options.patienceMs, signal));
}

/** What the webhook is opened with; nothing for a queue. Undefined where there is nothing to deliver to yet. */
async function keyOf(
  deployment: Deployment,
  { dryRun, wait, patienceMs }: Options,
): Promise<string | undefined> {
  if (deployment.delivery === 'queue') return '';
  const sites = await webSitesClient(deployment.subscriptionId);
  const patience = dryRun || !wait ? 0 : patienceMs;
  try {
    return await systemKey(sites, deployment, patience, () =>
      remark('Waiting for the host to load the code …'),
    );
  } catch (error) {
    if (!(error instanceof NoKey)) throw error;
    if (!dryRun && wait) throw noKey(deployment, error);
    say(`${nameOf(deployment)} is made after azd deploy: the app has no code yet.`);
    return undefined;
  }
}

async function ensureSubscription(
  deployment: Deployment,
  key: string,
  { dryRun, patienceMs }: Options,
): Promise<void> {
  const client = await eventGridClient(deployment.subscriptionId);
  const wanted = wantedSubscription(deployment, key);
  const found = await findSubscription(client, deployment, wanted);
  if (found.kind === 'right') {
    say(`${nameOf(deployment)} is as it has to be; nothing was changed.`);
    return;
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
