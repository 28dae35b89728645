import type { ContainerClient } from '@azure/storage-blob';
import { statusOf, storageFault } from './containers.ts';
import type { PredictionDocument } from './document.ts';
import { fromMetadata, type Mark, toMetadata } from './mark.ts';

/** `orchard/tree-7.jpg` → `orchard/tree-7.jpg.json`. */
export const documentName = (pictureName: string): string => `${pictureName}.json`;

/** A document that is there: its own ETag, and what it is about where this app wrote it. */
export type Found = { documentEtag: string; mark?: Mark };

export async function findDocument(
  predictions: ContainerClient,
  pictureName: string,
): Promise<Found | undefined> {
  try {
    const { etag = '', metadata } = await predictions
      .getBlobClient(documentName(pictureName))
      .getProperties();
    const mark = fromMetadata(metadata);
    return { documentEtag: etag, ...(mark && { mark }) };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw storageFault(error, `Looking for the document ${documentName(pictureName)}`);
  }
}

/** Other conflicts do not pass by looking again: a container being deleted, somebody’s lease or policy. */
const WRITTEN_MEANWHILE: ReadonlySet<string> = new Set(['ConditionNotMet', 'BlobAlreadyExists']);

/**
 * Writes a picture’s document in place of exactly the one with `replacedEtag`, or where there is none. False: another
 * was written meanwhile, and nothing was changed. Makes the container at the first document.
 */
export async function writeDocument(
  predictions: ContainerClient,
  pictureName: string,
  document: PredictionDocument,
  mark: Mark,
  replacedEtag: string | undefined,
): Promise<boolean> {
  const blob = predictions.getBlockBlobClient(documentName(pictureName));
  const text = Buffer.from(`${JSON.stringify(document, null, 2)}\n`);
  const upload = () =>
    blob.upload(text, text.length, {
      blobHTTPHeaders: { blobContentType: 'application/json; charset=utf-8' },
      metadata: toMetadata(mark),
      conditions: replacedEtag ? { ifMatch: replacedEtag } : { ifNoneMatch: '*' },
    });
  try {
    await upload().catch(async (error: unknown) => {
      if (statusOf(error) !== 404) throw error;
      await predictions.createIfNotExists();
      await upload();
    });
    return true;
  } catch (error) {
    // Also after a write that succeeded while its answer was lost, and was sent again: the caller looks what is there.
    if (WRITTEN_MEANWHILE.has((error as { code?: string }).code ?? '')) return false;
    throw storageFault(error, `Writing the document ${documentName(pictureName)}`);
  }
}
