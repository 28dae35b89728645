/** A BlobCreated event as Event Grid writes it: https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage */
export const gridEvent = (url: string, own: Record<string, unknown> = {}) => ({
  topic: '/subscriptions/0/resourceGroups/orchard/providers/Microsoft.Storage/storageAccounts/orchard',
  subject: `/blobServices/default/containers/images/blobs/${url.slice(url.lastIndexOf('/') + 1)}`,
  eventType: 'Microsoft.Storage.BlobCreated',
  id: '831e1650-001e-001b-66ab-eeb76e069631',
  data: { ...blobData(url), storageDiagnostics: { batchId: 'b68529f3' } },
  dataVersion: '',
  metadataVersion: '1',
  eventTime: '2026-11-20T12:00:00.1234567Z',
  ...own,
});

/** The same in the other schema: https://learn.microsoft.com/azure/event-grid/cloud-event-schema */
export const cloudEvent = (url: string, own: Record<string, unknown> = {}) => ({
  specversion: '1.0',
  source: '/subscriptions/0/resourceGroups/orchard/providers/Microsoft.Storage/storageAccounts/orchard',
  subject: `/blobServices/default/containers/images/blobs/${url.slice(url.lastIndexOf('/') + 1)}`,
  type: 'Microsoft.Storage.BlobCreated',
  id: '831e1650-001e-001b-66ab-eeb76e069631',
  time: '2026-11-20T12:00:00.1234567Z',
  data: blobData(url),
  ...own,
});

const blobData = (url: string) => ({
  api: 'PutBlob',
  clientRequestId: '6d79dbfb-0e37-4fc4-981f-442c9ca65760',
  requestId: '831e1650-001e-001b-66ab-eeb76e000000',
  eTag: '0x8D4BCC2E4835CD0',
  contentType: 'image/jpeg',
  contentLength: 524_288,
  blobType: 'BlockBlob',
  url,
  sequencer: '00000000000004420000000000028963',
});
