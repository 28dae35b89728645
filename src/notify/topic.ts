import type { TokenCredential } from '@azure/identity';
import type { TopicTarget } from '../settings/notifyTarget.ts';
import { authorized } from './authorized.ts';
import type { CloudEvent } from './event.ts';

export const TOPIC_SCOPE = 'https://eventgrid.azure.net/.default';
const API_VERSION = '2018-01-01';

/**
 * Publishes to a topic of Event Grid, by one POST:
 * https://learn.microsoft.com/azure/event-grid/post-to-custom-topic. Rejects with a KeylessError.
 */
export async function tellTopic(
  credential: TokenCredential,
  target: TopicTarget,
  event: CloudEvent,
): Promise<void> {
  await authorized(credential, TOPIC_SCOPE, {
    url: `${target.url}?api-version=${API_VERSION}`,
    private: target.private,
    headers: { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' },
    body: JSON.stringify([event]),
  });
}
