import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { Azurite } from '../../local/azurite.ts';
import { lendAzurite } from './lend.ts';

export type TestStorage = Azurite & {
  images: ContainerClient;
  predictions: ContainerClient;
  drop(name: string, bytes: Uint8Array | string): Promise<void>;
  /** The text of a document; undefined when there is none. */
  document(pictureName: string): Promise<string | undefined>;
};

/** The storage emulator with a container for pictures; the one for documents is left for the app to make. */
export async function startTestStorage(): Promise<TestStorage> {
  const azurite = await lendAzurite();
  const service = BlobServiceClient.fromConnectionString(azurite.connectionString);
  const images = service.getContainerClient('images');
  const predictions = service.getContainerClient('predictions');
  await images.create();
  return {
    ...azurite,
    images,
    predictions,
    drop: async (name, bytes) => {
      const content = Buffer.from(bytes);
      await images.getBlockBlobClient(name).upload(content, content.length);
    },
    document: async (pictureName) => {
      const blob = predictions.getBlobClient(`${pictureName}.json`);
      return (await blob.exists()) ? (await blob.downloadToBuffer()).toString() : undefined;
    },
  };
}
