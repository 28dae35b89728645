import type { EventSubscription } from '@azure/arm-eventgrid';
import { eventGridClient } from '../../azure/arm.ts';
import { CREATED, eventTypes, RENAMED, subjectFilter } from '../../azure/eventFilter.ts';
import { explained } from '../../azure/refusals.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import type { Context } from '../context.ts';
import { type DeployedApp, storageAccountId } from '../deployedApp.ts';
import { accountOf } from '../storageCall.ts';

const FUNCTION = 'Host.Functions.predictBlob';

/** What is of use of an event subscription; of the address only the function it names, never the key in it. */
type Subscription = {
  topic: string;
  group: string;
  name: string;
  begins: string;
  types: readonly string[];
  host: string | undefined;
  functionName: string | undefined;
  queue: string | undefined;
};

/** Whether Event Grid is told to send the pictures’ events to this app, and those alone. */
export function subscriptionCheck(context: Context, app: DeployedApp): Check {
  return {
    id: 'subscription',
    group: 'Events',
    title: 'The event subscription',
    after: ['settings', 'image-connection'],
    limitMs: 30_000,
    async run() {
      const { imageStorage, imagesContainer, eventDelivery, eventQueue, blobTriggerSource } =
        context.loaded.settings ?? {};
      if (eventDelivery === 'webhook' && blobTriggerSource === 'LogsAndContainerScan') {
        return ok('None is needed: the host looks into the container.');
      }
      if (!imageStorage || !('blobServiceUri' in imageStorage))
        return ok('None: the emulator sends no events.');
      const name = accountOf(imageStorage.blobServiceUri);
      const storageId = await storageAccountId(app.subscriptionId, name);
      const all = storageId ? await subscriptionsOf(app.subscriptionId, storageId) : [];
      const ours = all.filter(({ functionName, host = '', queue }) =>
        eventDelivery === 'queue'
          ? queue === eventQueue
          : functionName !== undefined && (app.hosts.length === 0 || app.hosts.includes(host)),
      );
      return judge(ours, name, imagesContainer ?? '', eventDelivery === 'queue');
    },
  };
}

const MAKE = 'azd hooks run postdeploy';

function judge(ours: readonly Subscription[], account: string, container: string, queue: boolean): Finding {
  const filter = subjectFilter(container);
  const [first] = ours;
  if (!first) {
    return fault(
      `No event subscription of ${account} sends to ${queue ? 'the queue' : 'this app'}: no picture is ever seen.`,
      {
        fix: queue
          ? 'Make it, with the rest of the infrastructure:'
          : 'Make it, after the app’s code was deployed:',
        command: queue ? 'azd provision' : MAKE,
      },
    );
  }
  const update = (change: string) =>
    `az eventgrid system-topic event-subscription update --name ${first.name} --system-topic-name ${first.topic} --resource-group ${first.group} ${change}`;
  if (!queue && !ours.some(({ functionName }) => functionName?.toLowerCase() === FUNCTION.toLowerCase())) {
    return fault(
      `The subscription ${first.name} names the function ${first.functionName}, not ${FUNCTION}: its events are answered 202 and dropped.`,
      { fix: 'Make it anew:', command: MAKE },
    );
  }
  const right = ours.find(({ begins }) => begins === filter);
  if (!right) {
    const why = first.begins.startsWith(filter.replace(/\/blobs\/$/u, ''))
      ? 'which takes other containers too, or too few pictures'
      : 'which matches no picture';
    return fault(`The subscription ${first.name} filters by “${first.begins}”, ${why}.`, {
      fix: 'The filter of the container, to the last slash:',
      command: update(`--subject-begins-with ${filter}`),
    });
  }
  const wanted = eventTypes(queue ? 'queue' : 'webhook');
  const include = { command: update(`--included-event-types ${wanted.join(' ')}`) };
  if (right.types.length > 0 && !right.types.includes(CREATED)) {
    return fault(`The subscription ${right.name} leaves out ${CREATED}.`, include);
  }
  if (queue && right.types.length > 0 && !right.types.includes(RENAMED)) {
    return warning(
      `The subscription ${right.name} leaves out ${RENAMED}: pictures that are renamed into their place (SFTP, hierarchical namespace) wait for reconcile.`,
      include,
    );
  }
  if (!queue && right.types.includes(RENAMED)) {
    return warning(
      `The subscription ${right.name} sends ${RENAMED}, which the host’s webhook cannot read: each is tried for a day and dropped.`,
      {
        fix: 'Leave it out, and let reconcile find such pictures, or have the events delivered by queue:',
        ...include,
      },
    );
  }
  return ok(`${right.name} of the topic ${right.topic}, for ${right.begins}.`);
}

function subscriptionsOf(subscriptionId: string, storageId: string): Promise<Subscription[]> {
  return explained(async () => {
    const client = await eventGridClient(subscriptionId);
    const found: Subscription[] = [];
    for await (const { id = '', name: topic = '', source = '' } of client.systemTopics.listBySubscription()) {
      if (source.toLowerCase() !== storageId.toLowerCase()) continue;
      const group = id.split('/')[4] ?? '';
      const list = client.systemTopicEventSubscriptions.listBySystemTopic(group, topic);
      for await (const each of list) {
        const { endpointUrl } =
          each.destination?.endpointType === 'WebHook'
            ? await client.systemTopicEventSubscriptions.getFullUrl(group, topic, each.name ?? '')
            : {};
        found.push(asSubscription(each, topic, group, endpointUrl));
      }
    }
    return found;
  });
}

function asSubscription(
  { name = '', filter, destination, deliveryWithResourceIdentity }: EventSubscription,
  topic: string,
  group: string,
  endpointUrl: string | undefined,
): Subscription {
  const goal = destination ?? deliveryWithResourceIdentity?.destination;
  const url = URL.parse(endpointUrl ?? '');
  return {
    topic,
    group,
    name,
    begins: filter?.subjectBeginsWith ?? '',
    types: filter?.includedEventTypes ?? [],
    host: url?.hostname,
    functionName: url?.searchParams.get('functionName') ?? undefined,
    queue: goal && 'queueName' in goal ? String(goal.queueName) : undefined,
  };
}
