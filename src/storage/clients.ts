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
  retries: Retries,
): Promise<BlobServiceClient> {
  const { BlobServiceClient: Client, newPipeline } = await import('@azure/storage-blob');
  return 'connectionString' in connection
    ? byString(Client, connection, retries)
    : byIdentity(Client, newPipeline, connection.blobServiceUri, credential, retries);
}

/** The queues of an account; the library is loaded at the first call. */
export async function openQueues(
  connection: ByString | { queueServiceUri: string },
  credential: () => TokenCredential,
  retries: Retries,
): Promise<QueueServiceClient> {
  const { QueueServiceClient: Client, newPipeline } = await import('@azure/storage-queue');
  return 'connectionString' in connection
    ? byString(Client, connection, retries)
    : byIdentity(Client, newPipeline, connection.queueServiceUri, credential, retries);
}

type Options = { retryOptions: Retries };

function byString<Client extends { url: string }>(
  library: { fromConnectionString(text: string, options?: Options): Client },
  { connectionString }: ByString,
  retries: Retries,
): Client {
  const { url } = library.fromConnectionString(connectionString);
  return library.fromConnectionString(connectionString, options(url, retries));
}

function byIdentity<Client, Pipeline extends { factories: unknown[] }>(
  library: new (url: string, pipeline: Pipeline) => Client,
  newPipeline: (credential: TokenCredential, options: Options) => Pipeline,
  url: string,
  credential: () => TokenCredential,
  retries: Retries,
): Client {
  const pipeline = newPipeline(credential(), options(url, retries));
  pipeline.factories.push(ownAnswers);
  return new library(url, pipeline);
}

/** The types of these libraries do not tell of `agent`, which they hand on to the pipeline that does. */
function options(address: string, retryOptions: Retries) {
  const url = new URL(address);
  return { retryOptions, agent: agentThrough(waysOut()(url), url) };
}
