import type { BlobClient } from '@azure/storage-blob';

/** What Event Grid says of a blob that was written: https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage */
export async function createdEvent(blob: BlobClient) {
  const { etag } = await blob.getProperties();
  return {
    eventType: 'Microsoft.Storage.BlobCreated',
    data: { url: blob.url, eTag: etag, blobType: 'BlockBlob' },
  };
}

/** Delivers events to predictBlob at a host, as Event Grid does; the status is 202 when they are taken. */
export async function deliverEvents(
  hostUrl: string,
  events: readonly Awaited<ReturnType<typeof createdEvent>>[],
): Promise<number> {
  const answer = await fetch(`${hostUrl}/runtime/webhooks/blobs?functionName=Host.Functions.predictBlob`, {
    method: 'POST',
    headers: { 'aeg-event-type': 'Notification', 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  return answer.status;
}
