import type { TokenCredential } from '@azure/identity';
import type { ContainerClient } from '@azure/storage-blob';
import type { QueueClient } from '@azure/storage-queue';
import type { ImageStorage, Settings } from '../settings/settings.ts';
import { type Connection, openBlobs, openQueues } from './clients.ts';
import { statusOf, storageFault } from './faults.ts';

export type Containers = {
  images: ContainerClient;
  predictions: ContainerClient;
  /** Who works on which picture. */
  claims: ContainerClient;
  /** What of telling others does not stand with a document. */
  notify: ContainerClient;
  /** Exports that run in the app. */
  models: ContainerClient;
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
  const {
    imageStorage,
    imagesContainer,
    predictionsContainer,
    claimsContainer,
    notifyName,
    modelsContainer,
  } = settings;
  const service = await openBlobs(connectionOf(imageStorage), credential, RETRIES);
  return {
    images: service.getContainerClient(imagesContainer),
    predictions: service.getContainerClient(predictionsContainer),
    claims: service.getContainerClient(claimsContainer),
    notify: service.getContainerClient(notifyName),
    models: service.getContainerClient(modelsContainer),
  };
}

/** Writes into a container or a queue, which is made where it is not there yet. */
export async function making<T>(
  place: Pick<ContainerClient | QueueClient, 'createIfNotExists'>,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    await place.createIfNotExists();
    return write();
  }
}

/** Puts a message into a queue, which is made where it is not there yet, to be seen after some seconds. */
export async function sendMessage(
  queue: QueueClient,
  message: Uint8Array | string,
  seconds: number,
): Promise<void> {
  const options = { visibilityTimeout: seconds, messageTimeToLive: -1 };
  const text = Buffer.from(message as string).toString('base64');
  try {
    await making(queue, () => queue.sendMessage(text, options));
  } catch (error) {
    throw storageFault(error, `Putting a message into ${queue.name}`);
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
