import { eventTypes } from '../../../src/cli/azure/eventFilter.ts';
import type { Deployed } from '../bicep/deployment.ts';
import { plainText, valueAt } from '../bicep/expression.ts';
import type { Check, Finding } from './finding.ts';
import { partOf } from './part.ts';

const SUBSCRIPTION = 'Microsoft.EventGrid/systemTopics/eventSubscriptions';
const IDENTITY = 'SystemAssigned';

/** Events of the pictures’ container alone, tried long enough, and kept where they could not be delivered. */
export const subscriptions: Check = ({ deployments }) =>
  deployments.flatMap(({ deployment: { resources }, parameters }) =>
    resources
      .filter(({ type }) => type === SUBSCRIPTION)
      .flatMap((resource) => {
        const container = String(parameters.imagesContainer ?? 'images');
        return [...faults(resource, container)].map((message) => ({
          rule: 'events',
          file: resource.file,
          line: resource.line,
          message: `${resource.symbol}: ${message}`,
        }));
      }),
  );

function* faults({ body }: Deployed, container: string): Generator<string> {
  const at = (path: string) => partOf(body, `properties.${path}`);
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

/** The filter is built from the container’s name, not written out. */
export const builtFilters: Check = ({ templates }) =>
  templates.flatMap(({ path: file, resources }) =>
    resources.flatMap(({ type, name, body }): Finding[] => {
      if (type !== SUBSCRIPTION) return [];
      const filter = valueAt(body, 'properties', 'filter', 'subjectBeginsWith');
      if (!filter || plainText(filter) === undefined) return [];
      const message = `${name}: build filter.subjectBeginsWith from the container’s name, not ${filter.text}.`;
      return [{ rule: 'events', file, line: filter.line, message }];
    }),
  );

/** By queue, the topic may fill it and the queue is there; by webhook, nothing of a queue is left. */
export const delivery: Check = ({ deployments }) =>
  deployments.flatMap(({ name, parameters, deployment: { resources } }): Finding[] => {
    if (!('environmentName' in parameters) || 'predictCallers' in parameters) return [];
    const byQueue = parameters.eventDelivery === 'queue';
    const tell = (file: string, message: string): Finding => ({
      rule: 'events',
      file,
      message: `${message} (${name})`,
    });
    const queues = resources.filter(({ type }) => type.endsWith('/queueServices/queues'));
    const subscribed = resources.some(({ type }) => type === SUBSCRIPTION);
    const topic = resources.find(({ type }) => type === 'Microsoft.EventGrid/systemTopics');
    const found: Finding[] = [];
    if (topic && partOf(topic.body, 'identity.type') !== IDENTITY) {
      found.push(tell(topic.file, 'The topic has no identity of its own.'));
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
