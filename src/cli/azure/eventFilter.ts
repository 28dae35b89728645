/**
 * The beginning of the subjects of a container's blobs. To the last slash, else `images` is also `images-out`:
 * https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage
 */
export const subjectFilter = (container: string): string =>
  `/blobServices/default/containers/${container}/blobs/`;

export const CREATED = 'Microsoft.Storage.BlobCreated';
export const RENAMED = 'Microsoft.Storage.BlobRenamed';

/**
 * Which events are sent. The host's webhook reads data.url alone, which a rename does not have, and answers it with 500:
 * https://github.com/Azure/azure-sdk-for-net, BlobsExtensionConfigProvider, GetBlobTriggerMessage
 */
export const eventTypes = (delivery: 'webhook' | 'queue'): string[] =>
  delivery === 'queue' ? [CREATED, RENAMED] : [CREATED];
