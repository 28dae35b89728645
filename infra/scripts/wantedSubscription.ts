import { isDeepStrictEqual } from 'node:util';
import type { EventSubscription } from '@azure/arm-eventgrid';
import { eventTypes, subjectFilter } from '../../src/cli/azure/eventFilter.ts';
import type { Deployment } from './deployment.ts';
import { withoutKey } from './withoutKey.ts';

const SYSTEM_IDENTITY = { type: 'SystemAssigned' };

/** Where Event Grid calls the app: https://learn.microsoft.com/azure/azure-functions/functions-event-grid-blob-trigger */
export function webhookUrl({ functionAppHost }: Deployment, key: string): string {
  const url = new URL(`https://${functionAppHost}/runtime/webhooks/blobs`);
  url.searchParams.set('functionName', 'Host.Functions.predictBlob');
  url.searchParams.set('code', key);
  return url.href;
}

/** The subscription as it has to be: the same as infra/events-subscription.bicep or infra/events-queue.bicep makes. */
export function wantedSubscription(deployment: Deployment, key: string): EventSubscription {
  return {
    ...destinationOf(deployment, key),
    deadLetterWithResourceIdentity: {
      identity: SYSTEM_IDENTITY,
      deadLetterDestination: {
        endpointType: 'StorageBlob',
        resourceId: deployment.imageStorageId,
        blobContainerName: deployment.deadLetterContainer,
      },
    },
    eventDeliverySchema: 'EventGridSchema',
    filter: {
      includedEventTypes: eventTypes(deployment.delivery),
      // Without the slash at its end, images would match images-out as well.
      subjectBeginsWith: subjectFilter(deployment.imagesContainer),
    },
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
  };
}

function destinationOf(deployment: Deployment, key: string): EventSubscription {
  if (deployment.delivery === 'webhook') {
    return {
      destination: {
        endpointType: 'WebHook',
        endpointUrl: webhookUrl(deployment, key),
        maxEventsPerBatch: 1,
      },
    };
  }
  return {
    deliveryWithResourceIdentity: {
      identity: SYSTEM_IDENTITY,
      destination: {
        endpointType: 'StorageQueue',
        resourceId: deployment.imageStorageId,
        queueName: deployment.queue,
        queueMessageTimeToLiveInSeconds: -1, // a picture is never forgotten, however long the app stands still
      },
    },
  };
}

/** One difference for people: what it is now, and what it has to be. */
export type Difference = { member: string; is: string; wanted: string };

/**
 * What an existing subscription has otherwise than wanted; members that are not wanted are let be. `fullUrl` is the
 * address with its key, which ARM tells apart from the rest; neither address is ever shown with its key.
 */
export function differences(
  wanted: EventSubscription,
  existing: EventSubscription,
  fullUrl: string | undefined,
): Difference[] {
  const found: Difference[] = [];
  const compare = (is: unknown, want: unknown, member: string): void => {
    if (want !== null && typeof want === 'object' && !Array.isArray(want)) {
      for (const [name, value] of Object.entries(want)) {
        compare(
          (is as Record<string, unknown> | undefined)?.[name],
          value,
          member ? `${member}.${name}` : name,
        );
      }
    } else if (!same(is, want, member)) found.push({ member, is: shown(is), wanted: shown(want) });
  };
  const known = fullUrl
    ? { ...existing, destination: { ...existing.destination, endpointUrl: fullUrl } }
    : existing;
  compare(known, wanted, '');
  return found;
}

/** Resource ids are told in any case of letters: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
function same(is: unknown, want: unknown, member: string): boolean {
  if (member.endsWith('.resourceId')) return String(is).toLowerCase() === String(want).toLowerCase();
  return isDeepStrictEqual(is, want);
}

const shown = (value: unknown): string =>
  value === undefined ? 'not set' : withoutKey(JSON.stringify(value));
