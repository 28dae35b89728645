import type { ContainerClient } from '@azure/storage-blob';
import { statusOf, storageFault } from '../storage.ts';
import type { PredictionDocument } from './document.ts';

/** `orchard/tree-7.jpg` → `orchard/tree-7.jpg.json`. */
export const documentName = (pictureName: string): string => `${pictureName}.json`;

/** Writes a picture’s document; makes the container at the first document. */
export async function writeDocument(
  predictions: ContainerClient,
  pictureName: string,
  document: PredictionDocument,
): Promise<void> {
  const blob = predictions.getBlockBlobClient(documentName(pictureName));
  const text = Buffer.from(`${JSON.stringify(document, null, 2)}\n`);
  const upload = () =>
    blob.uploadData(text, { blobHTTPHeaders: { blobContentType: 'application/json; charset=utf-8' } });
  try {
    await upload().catch(async (error: unknown) => {
      if (statusOf(error) !== 404) throw error;
      await predictions.createIfNotExists();
      await upload();
    });
  } catch (error) {
    throw storageFault(error, `Writing the document ${documentName(pictureName)}`);
  }
}
