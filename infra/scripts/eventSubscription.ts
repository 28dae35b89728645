import type { EventGridManagementClient, EventSubscription } from '@azure/arm-eventgrid';
import pRetry from 'p-retry';
import { statusOf } from '../../src/storage/faults.ts';
import { askAgainMs, type Deployment } from './deployment.ts';
import { type Difference, differences } from './wantedSubscription.ts';
import { withoutKey } from './withoutKey.ts';

/** What was found, and so what was, or would be, done. */
export type Found = { kind: 'missing' } | { kind: 'right' } | { kind: 'other'; differences: Difference[] };

/** Compares the subscription with what it has to be. */
export async function findSubscription(
  client: EventGridManagementClient,
  deployment: Deployment,
  wanted: EventSubscription,
): Promise<Found> {
  const { resourceGroup, systemTopicName, eventSubscriptionName } = deployment;
  const at = [resourceGroup, systemTopicName, eventSubscriptionName] as const;
  const existing = await client.systemTopicEventSubscriptions.get(...at).catch((error: unknown) => {
    if (statusOf(error) === 404 && codeOf(error) !== 'ParentResourceNotFound') return undefined;
    throw error;
  });
  if (!existing) return { kind: 'missing' };
  const webhook = existing.destination?.endpointType === 'WebHook';
  const url = webhook
    ? (await client.systemTopicEventSubscriptions.getFullUrl(...at)).endpointUrl
    : undefined;
  const found = differences(wanted, existing, url);
  if (existing.provisioningState !== 'Succeeded') {
    found.push({ member: 'provisioningState', is: String(existing.provisioningState), wanted: 'Succeeded' });
  }
  return found.length === 0 ? { kind: 'right' } : { kind: 'other', differences: found };
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/**
 * Event Grid asks the app whether it wants the events: one that is just starting may miss the question. It also tries
 * whether the identity of the topic may write to queue and dead letters: a new role takes minutes to be seen
 * (https://github.com/Azure/bicep-registry-modules/issues/5205 quotes the refusal).
 */
const NOT_YET = /validat|handshake|managed identity/iu;

/**
 * Makes the subscription, or sets it right, and waits until that is done. What only takes time is tried again for the
 * patience in ms. Errors never show the key.
 */
export async function writeSubscription(
  client: EventGridManagementClient,
  deployment: Deployment,
  wanted: EventSubscription,
  patienceMs: number,
): Promise<void> {
  const { resourceGroup, systemTopicName, eventSubscriptionName } = deployment;
  const write = () =>
    client.systemTopicEventSubscriptions
      .beginCreateOrUpdateAndWait(resourceGroup, systemTopicName, eventSubscriptionName, wanted, {
        updateIntervalInMs: askAgainMs(patienceMs), // where ARM does not say itself how long to wait
      })
      .catch((error: unknown) => {
        throw hideKey(error);
      });
  await pRetry(write, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: askAgainMs(patienceMs),
    maxTimeout: 15_000,
    maxRetryTime: patienceMs,
    shouldRetry: ({ error }) => patienceMs > 0 && NOT_YET.test(error.message),
  });
}

/** Its message may quote the address; and the SDK’s errors carry the request, whose body has it. */
function hideKey(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  error.message = withoutKey(error.message);
  for (const member of ['request', 'response', 'details']) Reflect.deleteProperty(error, member);
  return error;
}
