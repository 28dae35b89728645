import { eventTypes } from '../../../src/cli/azure/eventFilter.ts';
import type { Deployed } from '../scenarios.ts';
import { type Check, called, type Finding } from './finding.ts';
import { partOf } from './part.ts';

const SUBSCRIPTION = 'Microsoft.EventGrid/systemTopics/eventSubscriptions';
const IDENTITY = 'SystemAssigned';

/** Events of the pictures’ container alone, tried long enough, and kept where they could not be delivered. */
export const subscriptions: Check = ({ scenarios }) =>
  scenarios.flatMap(({ resources, parameters, template }) =>
    resources
      .filter(({ type }) => type === SUBSCRIPTION)
      .flatMap((resource) => {
        const container = String(parameters.imagesContainer ?? 'images');
        return [...faults(resource, container)].map((message) => ({
          rule: 'events',
          file: template,
          message: `${called(resource)}: ${message}`,
        }));
      }),
  );

function* faults(resource: Deployed, container: string): Generator<string> {
  const at = (path: string) => partOf(resource, `properties.${path}`);
  const filter = `/blobServices/default/containers/${container}/blobs/`;
  if (at('filter.subjectBeginsWith') !== filter) {
    yield `filter.subjectBeginsWith must be ${filter}, is ${at('filter.subjectBeginsWith') ?? 'not set'}.`;
  }
  if (at('deadLetterDestination'))
    yield 'dead letters must be written by identity: deadLetterWithResourceIdentity.';
  if (at('deadLetterWithResourceIdentity.identity.type') !== IDENTITY) {
    yield 'deadLetterWithResourceIdentity is not set: what cannot be delivered would be lost.';
  }
  if (!at('retryPolicy.maxDeliveryAttempts') || !at('retryPolicy.eventTimeToLiveInMinutes')) {
    yield 'retryPolicy is not set.';
  }
  const byQueue = at('deliveryWithResourceIdentity.destination.endpointType') === 'StorageQueue';
  const types = eventTypes(byQueue ? 'queue' : 'webhook').join(',');
  if (String(at('filter.includedEventTypes')) !== types) {
    yield `filter.includedEventTypes must be ${types} alone.`;
  }
  if (byQueue && at('deliveryWithResourceIdentity.identity.type') !== IDENTITY) {
    yield 'the queue must be filled by the topic’s identity.';
  }
  const url = String(at('destination.properties.endpointUrl'));
  const route = '/runtime/webhooks/blobs?functionName=Host.Functions.predictBlob&code=';
  if (!byQueue && !url.includes(route)) yield `endpointUrl must go to ${route}…`;
}

/** By queue, the topic may fill it and the queue is there; by webhook, nothing of a queue is left. */
export const delivery: Check = ({ scenarios }) =>
  scenarios.flatMap(({ name, template, parameters, outputs, resources }): Finding[] => {
    if (template !== 'infra/main.bicep') return [];
    const byQueue = outputs.EVENT_DELIVERY === 'queue';
    const tell = (file: string, message: string): Finding => ({
      rule: 'events',
      file,
      message: `${message} (${name})`,
    });
    const queues = resources.filter(({ type }) => type.endsWith('/queueServices/queues'));
    const subscribed = resources.some(({ type }) => type === SUBSCRIPTION);
    const topic = resources.find(({ type }) => type === 'Microsoft.EventGrid/systemTopics');
    const found: Finding[] = [];
    if (topic && partOf(topic, 'identity.type') !== IDENTITY) {
      found.push(tell('infra/events.bicep', 'The topic has no identity of its own.'));
    }
    if (subscribed) {
      found.push(
        tell('infra/main.bicep', 'An event subscription is made with the rest: its role is not seen yet.'),
      );
    }
    const wanted = String(parameters.eventQueue ?? 'picture-events');
    if (byQueue && !queues.some((queue) => queue.name === wanted)) {
      found.push(tell('infra/main.bicep', `The queue ${wanted} is not made.`));
    }
    const containers = resources.filter(({ type }) => type.endsWith('/blobServices/containers'));
    const needed = [parameters.imagesContainer ?? 'images', parameters.predictionsContainer ?? 'predictions'];
    for (const each of [...needed, 'dead-letters', 'deployments']) {
      if (!containers.some((container) => container.name === each)) {
        found.push(tell('infra/main.bicep', `The container ${each} is not made.`));
      }
    }
    return found;
  });
