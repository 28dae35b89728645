import type { TokenCredential } from '@azure/identity';
import type { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import type { QueueClient } from '@azure/storage-queue';
import type { Settings } from '../settings/settings.ts';
import { statusOf } from './faults.ts';

export type Containers = {
  images: ContainerClient;
  predictions: ContainerClient;
  /** Who works on which picture. */
  claims: ContainerClient;
  /** Exports that run in the app. */
  models: ContainerClient;
};

/** An attempt and its retries stay within a trigger’s patience; the SDK’s defaults would wait minutes. */
const RETRIES = { maxTries: 4, tryTimeoutInMs: 15_000, retryDelayInMs: 200, maxRetryDelayInMs: 4_000 };

/** The containers of the picture account, reached with the shared credential. The library is loaded at the first call. */
export async function openContainers(
  settings: Settings,
  credential: () => TokenCredential,
): Promise<Containers> {
  const { BlobServiceClient: Client } = await import('@azure/storage-blob');
  const { imageStorage, imagesContainer, predictionsContainer, claimsContainer, modelsContainer } = settings;
  const options = { retryOptions: RETRIES };
  const service: BlobServiceClient =
    'blobServiceUri' in imageStorage
      ? new Client(imageStorage.blobServiceUri, credential(), options)
      : Client.fromConnectionString(imageStorage.emulatorConnectionString, options);
  return {
    images: service.getContainerClient(imagesContainer),
    predictions: service.getContainerClient(predictionsContainer),
    claims: service.getContainerClient(claimsContainer),
    models: service.getContainerClient(modelsContainer),
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

/** A queue of the picture account; storage-queue is loaded at the first call. */
export async function openQueue(
  { imageStorage }: Settings,
  credential: () => TokenCredential,
  name: string,
): Promise<QueueClient> {
  const { QueueServiceClient } = await import('@azure/storage-queue');
  const service =
    'queueServiceUri' in imageStorage
      ? new QueueServiceClient(imageStorage.queueServiceUri, credential())
      : QueueServiceClient.fromConnectionString(imageStorage.emulatorConnectionString);
  return service.getQueueClient(name);
}
