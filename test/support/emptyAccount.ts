import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { Lent } from './sharedParts.ts';

/** Takes every container and queue out of an emulator, leased blobs included. */
export async function emptyAccount({ connectionString, certificate }: Lent): Promise<void> {
  // the pipeline below the storage clients takes tlsOptions; the clients’ own types do not mention them
  const options = { retryOptions: { maxTries: 2 }, tlsOptions: { ca: certificate?.authority } };
  const blobs = BlobServiceClient.fromConnectionString(connectionString, options);
  const queues = QueueServiceClient.fromConnectionString(connectionString, options);
  for await (const { name } of blobs.listContainers()) {
    const container = blobs.getContainerClient(name);
    await container.delete();
  }
  for await (const { name } of queues.listQueues()) await queues.deleteQueue(name);
}
