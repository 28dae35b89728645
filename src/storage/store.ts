import type { ContainerClient } from '@azure/storage-blob';
import { KeylessError } from '../errors/errors.ts';
import { documentName, nameMetadata } from './documentName.ts';
import { type DocumentResult, type PredictionDocument, parseDocument } from './documentShape.ts';
import { statusOf, storageFault } from './faults.ts';
import { fromMetadata, type Mark, sameEtag, toMetadata } from './mark.ts';
import { readText } from './readBlob.ts';
import { writeText } from './writeText.ts';

/** A document that is there: its own ETag, which changes with what stands beside it too, and what it is about. */
export type Found = { documentEtag: string; mark: Mark; content: string };

/** Rejects with BlobNotOurs where something lies in its place that this app has not written, and with storage faults. */
export async function findDocument(
  predictions: ContainerClient,
  pictureName: string,
): Promise<Found | undefined> {
  const found = await lookUp(predictions, pictureName);
  if (!found) return undefined;
  const { documentEtag, mark, content } = found;
  if (!mark) throw foreign(predictions, pictureName);
  return { documentEtag, mark, content };
}

/** What a picture’s document is about; undefined where there is none, or what lies there is not this app’s. */
export const findMark = async (
  predictions: ContainerClient,
  pictureName: string,
): Promise<Mark | undefined> => (await lookUp(predictions, pictureName))?.mark;

async function lookUp(
  predictions: ContainerClient,
  pictureName: string,
): Promise<{ documentEtag: string; mark: Mark | undefined; content: string } | undefined> {
  try {
    const {
      etag = '',
      metadata,
      contentMD5,
    } = await predictions.getBlobClient(documentName(pictureName)).getProperties();
    // of what this app uploads storage keeps the MD5; each document has a time of its own
    const content = contentMD5 ? Buffer.from(contentMD5).toString('hex') : etag;
    return { documentEtag: etag, mark: fromMetadata(metadata), content };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw storageFault(error, `Looking for the document ${documentName(pictureName)}`);
  }
}

const foreign = ({ containerName }: ContainerClient, pictureName: string): KeylessError =>
  new KeylessError(
    'BlobNotOurs',
    `${containerName}/${documentName(pictureName)} was not written by this app, and is left as it is.`,
  );

/** What lies in the place of a picture’s document, whosever it is. */
export function readDocumentText(
  predictions: ContainerClient,
  pictureName: string,
): ReturnType<typeof readText> {
  const document = documentName(pictureName);
  return readText(predictions, document, `Reading the document ${document}`);
}

/** The results in a picture’s document; none where there is no document, or what lies there is none. */
export async function readResults(
  predictions: ContainerClient,
  pictureName: string,
): Promise<DocumentResult[]> {
  const found = await readDocumentText(predictions, pictureName);
  if (!found || found === 'too large') return [];
  try {
    return parseDocument(found.text).results;
  } catch {
    return []; // anything may lie in the container: what is not known is asked for
  }
}

/**
 * Writes a picture’s document in place of exactly the one with `replacedEtag`, or where there is none. False: another
 * was written meanwhile, and nothing was changed; the caller looks what is there. Makes the container at the first document.
 */
export async function writeDocument(
  predictions: ContainerClient,
  pictureName: string,
  document: PredictionDocument,
  mark: Mark,
  replacedEtag: string | undefined,
): Promise<boolean> {
  const blob = documentName(pictureName);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  const metadata = { ...toMetadata(mark), ...nameMetadata(pictureName) };
  const etag = await writeText(
    predictions,
    blob,
    text,
    replacedEtag,
    `Writing the document ${blob}`,
    metadata,
  );
  return etag !== undefined;
}

/** Removes a picture’s document, where it is the one of this content; another was written for what came since. */
export async function removeDocument(
  predictions: ContainerClient,
  pictureName: string,
  pictureEtag: string,
): Promise<void> {
  const found = await lookUp(predictions, pictureName);
  if (!found?.mark || !sameEtag(found.mark.pictureEtag, pictureEtag)) return;
  try {
    await predictions
      .getBlobClient(documentName(pictureName))
      .delete({ conditions: { ifMatch: found.documentEtag } });
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 412) return; // removed or replaced meanwhile
    throw storageFault(error, `Removing the document ${documentName(pictureName)}`);
  }
}
