import { text } from 'node:stream/consumers';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { directTo } from './direct.ts';
import type { IdentityEndpoint } from './identity/contract.ts';
import { statusOf } from './thrown.ts';

const STORAGE = 'https://storage.azure.com';
const ONE_HOUR_MS = 3_600_000;

export type Uploader = {
  images: ContainerClient;
  predictions: ContainerClient;
  queues: QueueServiceClient;
  container(name: string): ContainerClient;
  drop(name: string, picture: Buffer): Promise<void>;
  /** The text of a prediction document, undefined while there is none. */
  document(pictureName: string): Promise<string | undefined>;
};

/** Somebody with rights of their own on the storage account: their token comes from no managed identity, so it counts as none. */
export async function createUploader(
  account: { blobServiceUri: string; queueServiceUri: string; authority: string },
  identity: Pick<IdentityEndpoint, 'issue'>,
  containers: { images: string; predictions: string },
): Promise<Uploader> {
  const token = await identity.issue({}, { resource: STORAGE });
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + ONE_HOUR_MS }) };
  const options = { retryOptions: {}, ...directTo(account.blobServiceUri, account.authority) };
  const service = new BlobServiceClient(account.blobServiceUri, credential, options);
  const queues = new QueueServiceClient(account.queueServiceUri, credential, options);
  const images = service.getContainerClient(containers.images);
  const predictions = service.getContainerClient(containers.predictions);
  await Promise.all([images.createIfNotExists(), predictions.createIfNotExists()]);
  return {
    images,
    predictions,
    queues,
    container: (name) => service.getContainerClient(name),
    async drop(name, picture) {
      await images.getBlockBlobClient(name).uploadData(picture);
    },
    async document(pictureName) {
      try {
        // one request: between two of them another document may be written
        const { readableStreamBody } = await predictions.getBlobClient(`${pictureName}.json`).download();
        return readableStreamBody ? await text(readableStreamBody) : '';
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
  };
}
