import type { TokenCredential } from '@azure/identity';
import type { BlobServiceClient, StoragePipelineOptions } from '@azure/storage-blob';
import type { QueueServiceClient } from '@azure/storage-queue';
import { agentThrough } from '../outbound/agents.ts';
import { waysOut } from '../settings/proxies.ts';
import { ownAnswers } from './ownAnswers.ts';

/** How an account is reached: with the shared credential, or by what its connection string holds. */
export type Connection = ByString | { blobServiceUri: string; queueServiceUri: string };
type ByString = { connectionString: string };
type Retries = NonNullable<StoragePipelineOptions['retryOptions']>;

/** The blobs of an account; the library is loaded at the first call. */
export async function openBlobs(
  connection: ByString | { blobServiceUri: string },
  credential: () => TokenCredential,
  retryOptions: Retries,
): Promise<BlobServiceClient> {
  const { BlobServiceClient, newPipeline } = await import('@azure/storage-blob');
  if ('connectionString' in connection) {
    const { url } = BlobServiceClient.fromConnectionString(connection.connectionString);
    return BlobServiceClient.fromConnectionString(connection.connectionString, options(url, retryOptions));
  }
  const url = connection.blobServiceUri;
  const pipeline = newPipeline(credential(), options(url, retryOptions));
  pipeline.factories.push(ownAnswers);
  return new BlobServiceClient(url, pipeline);
}

/** The queues of an account; the library is loaded at the first call. */
export async function openQueues(
  connection: ByString | { queueServiceUri: string },
  credential: () => TokenCredential,
  retryOptions: Retries,
): Promise<QueueServiceClient> {
  const { QueueServiceClient, newPipeline } = await import('@azure/storage-queue');
  if ('connectionString' in connection) {
    const { url } = QueueServiceClient.fromConnectionString(connection.connectionString);
    return QueueServiceClient.fromConnectionString(connection.connectionString, options(url, retryOptions));
  }
  const url = connection.queueServiceUri;
  const pipeline = newPipeline(credential(), options(url, retryOptions));
  pipeline.factories.push(ownAnswers);
  return new QueueServiceClient(url, pipeline);
}

/** The types of these libraries do not tell of `agent`, which they hand on to the pipeline that does. */
function options(address: string, retryOptions: Retries) {
  const url = new URL(address);
  return { retryOptions, agent: agentThrough(waysOut()(url), url) };
}
