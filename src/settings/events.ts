import { type Problems, shown } from './problem.ts';

/** How events of dropped pictures reach the app: posted to the host by Event Grid, or as messages of a storage queue. */
export type EventDelivery = 'webhook' | 'queue';

export type Events = { eventDelivery: EventDelivery; eventQueue: string };

/** Its poison queue is called like it, with 7 characters more, and a queue name has 63 at most:
 * https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata */
const QUEUE = /^(?=.{3,56}$)[a-z0-9]+(-[a-z0-9]+)*$/u;
const FALLBACK = 'picture-events';

/**
 * Where the host puts what it gave up on:
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#poison-messages
 */
export const poisonQueueOf = (queue: string): string => `${queue}-poison`;

/** Where the host puts pictures that the blob trigger gave up on: one queue for every app and container of an account. */
export const BLOB_POISON_QUEUE = 'webjobs-blobtrigger-poison';

export function readEvents(get: (name: string) => string | undefined, problem: Problems): Events {
  const delivery = get('EVENT_DELIVERY') ?? 'webhook';
  const known = delivery === 'webhook' || delivery === 'queue';
  if (!known) {
    problem({
      setting: 'EVENT_DELIVERY',
      expected: 'webhook (Event Grid calls the app) or queue (Event Grid fills a storage queue)',
      got: shown(delivery),
    });
  }
  const queue = get('EVENT_QUEUE') ?? FALLBACK;
  const expected = whatIsExpected(queue);
  if (expected) problem({ setting: 'EVENT_QUEUE', expected, got: shown(queue) });
  return { eventDelivery: known ? delivery : 'webhook', eventQueue: expected ? FALLBACK : queue };
}

/** Of a queue that cannot be this app’s alone, and whose messages it would take from others; undefined where it can. */
function whatIsExpected(queue: string): string | undefined {
  if (!QUEUE.test(queue)) return 'a queue name: 3 to 56 lower-case letters, digits and single hyphens';
  if (/^azure-webjobs-/u.test(queue)) {
    return 'a queue of your own: those that begin with azure-webjobs- are the Functions host’s';
  }
  if (queue.endsWith('-poison')) {
    return 'a queue of your own: those that end in -poison are where the host puts messages of another queue that it gave up on';
  }
  if (poisonQueueOf(queue) === BLOB_POISON_QUEUE) {
    return `another queue: what is given up on would come to ${BLOB_POISON_QUEUE}, which is the blob trigger’s, of every app of the account`;
  }
  return undefined;
}
