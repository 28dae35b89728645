import { type Assignments, TOPIC_ACCOUNT } from '../identity/assignments.ts';
import { startTargetServer, type TargetOptions, type TargetServer } from './targetServer.ts';

export type PublishedEvent = { id: string; source: string; type: string; subject: string; data: unknown };
export type LocalTopic = TargetServer & { readonly events: readonly PublishedEvent[] };

const MAX_BYTES = 1024 * 1024;
const NEEDED = ['id', 'source', 'type', 'specversion'];

/**
 * A custom topic of Event Grid that takes CloudEvents, with its documented refusals:
 * https://learn.microsoft.com/azure/event-grid/post-to-custom-topic#response
 */
export async function startTopic(
  options: Pick<TargetOptions, 'tls' | 'authority'> & { assignments: Pick<Assignments, 'has'> },
): Promise<LocalTopic> {
  const events: PublishedEvent[] = [];
  const server = await startTargetServer({
    ...options,
    audiences: ['https://eventgrid.azure.net', 'https://eventgrid.azure.net/'],
    wordFault: (status) => ({ error: { code: status === 429 ? 'TooManyRequests' : 'InternalServerError' } }),
    answer: ({ path, headers, body }, caller) => {
      const url = new URL(path, 'https://127.0.0.1');
      if (url.pathname !== '/api/events') return refusal(404, 'NotFound', 'There is no such topic.');
      const { oid } = caller ?? {};
      if (!options.assignments.has(String(oid), TOPIC_ACCOUNT, 'EventGrid Data Sender')) {
        return refusal(401, 'Unauthorized', 'The principal has no right to send events to this topic.');
      }
      if (url.searchParams.get('api-version') !== '2018-01-01')
        return refusal(400, 'BadRequest', 'Which api-version?');
      if (Buffer.byteLength(body) > MAX_BYTES) return refusal(413, 'RequestEntityTooLarge', 'At most 1 MB.');
      if (headers['content-type'] !== 'application/cloudevents-batch+json; charset=utf-8') {
        return refusal(400, 'BadRequest', 'This topic takes batches of CloudEvents.');
      }
      const batch = JSON.parse(body) as Record<string, unknown>[];
      if (
        !Array.isArray(batch) ||
        batch.some((event) => NEEDED.some((name) => typeof event[name] !== 'string'))
      ) {
        return refusal(400, 'BadRequest', 'The event is not one of CloudEvents 1.0.');
      }
      events.push(...(batch as PublishedEvent[]));
      return { status: 200 };
    },
  });
  return {
    ...server,
    events,
    reset: () => {
      server.reset();
      events.length = 0;
    },
  };
}

const refusal = (status: number, code: string, message: string) => ({
  status,
  body: { error: { code, message } },
});
