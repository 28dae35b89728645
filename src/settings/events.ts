import { type Problems, shown } from './problem.ts';

/** How events of dropped pictures reach the app: posted to the host by Event Grid, or as messages of a storage queue. */
export type EventDelivery = 'webhook' | 'queue';

export type Events = { eventDelivery: EventDelivery; eventQueue: string };

/** Its poison queue is called like it, with 7 characters more, and a queue name has 63 at most:
 * https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata */
const QUEUE = /^(?=.{3,56}$)[a-z0-9]+(-[a-z0-9]+)*$/u;

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
  const queue = get('EVENT_QUEUE') ?? 'picture-events';
  const named = QUEUE.test(queue);
  if (!named) {
    problem({
      setting: 'EVENT_QUEUE',
      expected: 'a queue name: 3 to 56 lower-case letters, digits and single hyphens',
      got: shown(queue),
    });
  }
  return { eventDelivery: known ? delivery : 'webhook', eventQueue: named ? queue : 'picture-events' };
}
