import type { TokenCredential } from '@azure/identity';
import type { BlobServiceClient } from '@azure/storage-blob';
import type { QueueServiceClient } from '@azure/storage-queue';

export type StorageClients = { blobs: BlobServiceClient; queues: QueueServiceClient };
export type Connection = { connectionString: string } | { blobServiceUri: string; queueServiceUri: string };

/** One try, so that what is wrong shows at once. */
const RETRIES = { maxTries: 1, tryTimeoutInMs: 8_000 };

export async function openStorage(
  connection: Connection,
  credential: () => TokenCredential,
): Promise<StorageClients> {
  const [{ BlobServiceClient }, { QueueServiceClient }] = await Promise.all([
    import('@azure/storage-blob'),
    import('@azure/storage-queue'),
  ]);
  const options = { retryOptions: RETRIES };
  return 'connectionString' in connection
    ? {
        blobs: BlobServiceClient.fromConnectionString(connection.connectionString, options),
        queues: QueueServiceClient.fromConnectionString(connection.connectionString, options),
      }
    : {
        blobs: new BlobServiceClient(connection.blobServiceUri, credential(), options),
        queues: new QueueServiceClient(connection.queueServiceUri, credential(), options),
      };
}
