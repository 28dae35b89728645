import type { TokenCredential } from '@azure/identity';
import type { ContainerClient } from '@azure/storage-blob';
import type { QueueClient } from '@azure/storage-queue';
import type { ImageStorage, Settings } from '../settings/settings.ts';
import { type Connection, openBlobs, openQueues } from './clients.ts';
import { statusOf } from './faults.ts';

export type Containers = {
  images: ContainerClient;
  predictions: ContainerClient;
  /** Who works on which picture. */
  claims: ContainerClient;
};

/** An attempt and its retries stay within a trigger’s patience; the SDK’s defaults would wait minutes. */
const RETRIES = { maxTries: 4, tryTimeoutInMs: 15_000, retryDelayInMs: 200, maxRetryDelayInMs: 4_000 };

/** Of the account of the pictures. */
export const connectionOf = (storage: ImageStorage): Connection =>
  'blobServiceUri' in storage ? storage : { connectionString: storage.emulatorConnectionString };

/** The containers of the picture account, reached with the shared credential. */
export async function openContainers(
  settings: Settings,
  credential: () => TokenCredential,
): Promise<Containers> {
  const { imageStorage, imagesContainer, predictionsContainer, claimsContainer } = settings;
  const service = await openBlobs(connectionOf(imageStorage), credential, RETRIES);
  return {
    images: service.getContainerClient(imagesContainer),
    predictions: service.getContainerClient(predictionsContainer),
    claims: service.getContainerClient(claimsContainer),
  };
}

/** Writes into a container, which is made where it is not there yet. */
export async function making<T>(container: ContainerClient, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    await container.createIfNotExists();
    return write();
  }
}

/** A queue of the picture account. */
export async function openQueue(
  { imageStorage }: Settings,
  credential: () => TokenCredential,
  name: string,
): Promise<QueueClient> {
  const service = await openQueues(connectionOf(imageStorage), credential, RETRIES);
  return service.getQueueClient(name);
}
