import { BlobServiceClient } from '@azure/storage-blob';
import type { IdentityEndpoint } from './identity/contract.ts';

const STORAGE = 'https://storage.azure.com';
const ONE_HOUR_MS = 3_600_000;

export type Uploader = {
  drop(name: string, picture: Buffer): Promise<void>;
  /** The text of a prediction document, undefined while there is none. */
  document(pictureName: string): Promise<string | undefined>;
};

/** Somebody with rights of their own on the storage account: their token comes from no managed identity, so it counts as none. */
export async function createUploader(
  blobServiceUri: string,
  identity: Pick<IdentityEndpoint, 'issue'>,
  containers: { images: string; predictions: string },
): Promise<Uploader> {
  const token = await identity.issue({}, { resource: STORAGE });
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + ONE_HOUR_MS }) };
  const service = new BlobServiceClient(blobServiceUri, credential);
  const images = service.getContainerClient(containers.images);
  const predictions = service.getContainerClient(containers.predictions);
  await Promise.all([images.createIfNotExists(), predictions.createIfNotExists()]);
  return {
    async drop(name, picture) {
      await images.getBlockBlobClient(name).uploadData(picture);
    },
    async document(pictureName) {
      try {
        return (await predictions.getBlobClient(`${pictureName}.json`).downloadToBuffer()).toString('utf8');
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 404) return undefined;
        throw error;
      }
    },
  };
}
