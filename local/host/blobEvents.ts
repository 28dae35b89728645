import type { QueueClient } from '@azure/storage-queue';
import * as v from 'valibot';
import { type BlobTrigger, encodeBlobMessage } from './blobTrigger.ts';
import type { Log } from './contract.ts';
import { type Handler, readBody } from './httpFunctions.ts';

/** What is read of an event, and nothing else of it: https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage */
const BlobEvents = v.array(
  v.object({
    data: v.object({
      url: v.pipe(v.string(), v.url()),
      eTag: v.string(),
      blobType: v.string(),
    }),
  }),
);

/** https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema */
const ValidationEvents = v.tuple([v.object({ data: v.object({ validationCode: v.string() }) })]);

export type BlobEventsOptions = {
  triggers: readonly BlobTrigger[];
  /** Where the messages go; undefined when the app has no blob trigger. */
  queue: QueueClient | undefined;
  /** The system key `blobs_extension`; without one no key is asked for. */
  systemKey: string | undefined;
  /** Bytes. */
  bodyLimit: number;
  log: Log;
};

/**
 * Event Grid's way in, POST /runtime/webhooks/blobs?functionName=Host.Functions.<name>. As in the real host neither the
 * path pattern nor receipts nor ETags are checked, and a function not there is only logged: events are taken as they come.
 */
export function createBlobEvents(options: BlobEventsOptions): Handler {
  const { triggers, queue, systemKey, bodyLimit, log } = options;
  return async (request, response, { query }) => {
    const end = (status: number, body?: object) => {
      response.writeHead(status, body && { 'content-type': 'application/json' });
      response.end(body && JSON.stringify(body));
    };
    if (request.method !== 'POST') return end(404);
    if (systemKey !== undefined && query.get('code') !== systemKey) return end(401);
    const functionId = query.get('functionName');
    const type = request.headers['aeg-event-type'];
    const body = await readBody(request, bodyLimit);
    if (!functionId || body === undefined || body === 'too large') return end(400);
    const events = parseEvents(body.bytes);

    if (type === 'SubscriptionValidation') {
      const validation = v.safeParse(ValidationEvents, events);
      if (!validation.success) return end(400);
      return end(200, { validationResponse: validation.output[0].data.validationCode });
    }
    if (type === 'Unsubscribe') return end(202);
    const notified = v.safeParse(BlobEvents, events);
    if (type !== 'Notification' || !notified.success) return end(400);

    const known = triggers.some(
      (trigger) => trigger.functionId === functionId && trigger.source === 'EventGrid',
    );
    if (!known || !queue) {
      const message = `Event Grid names ${functionId}, which is no blob function with source EventGrid; ignored.`;
      log({ level: 'warning', category: 'host', message });
      return end(202);
    }
    const { BlobClient } = await import('@azure/storage-blob');
    for (const { data } of notified.output) {
      const { containerName, name: blobName } = new BlobClient(data.url);
      await queue.sendMessage(
        encodeBlobMessage({
          FunctionId: functionId,
          BlobType: data.blobType,
          ContainerName: containerName,
          BlobName: blobName,
          ETag: data.eTag,
        }),
      );
    }
    return end(202);
  };
}

/** A list always: a single event, as people post by hand, counts as one of one. */
function parseEvents(bytes: Buffer): unknown {
  try {
    const parsed: unknown = JSON.parse(bytes.toString());
    return Array.isArray(parsed) ? parsed : [parsed];
  } catch {
    return undefined;
  }
}
