import type { ContainerClient } from '@azure/storage-blob';
import { KeylessError } from '../../errors/errors.ts';
import { type PredictionDocument, parseDocument } from '../../storage/documentShape.ts';
import { type Listed, listDocuments } from '../../storage/list.ts';
import { readDocumentText } from '../../storage/store.ts';
import { mayBe, type Selection } from './selection.ts';

/** A page is read again where a run was interrupted in it; smaller ones would be more calls. */
const PAGE = 250;

/** Pages of what may be selected; with a cursor there is another one. */
export async function* listed(
  predictions: ContainerClient,
  { prefix = '', ...selection }: Selection,
  from: string | undefined,
): AsyncGenerator<{ items: Listed[]; cursor: string | undefined }> {
  let cursor = from;
  do {
    const page = await listDocuments(predictions, { prefix, top: PAGE, ...(cursor && { cursor }) });
    cursor = page.cursor;
    yield { items: page.predictions.filter((item) => mayBe(item, selection)), cursor };
  } while (cursor);
}

/** For the progress bar: a listing costs a call a page. */
export async function countOf(pages: AsyncIterable<{ items: readonly Listed[] }>): Promise<number> {
  let count = 0;
  for await (const { items } of pages) count += items.length;
  return count;
}

/** Undefined where it was removed since it was listed, or nothing more is wanted. */
export async function readOne(
  predictions: ContainerClient,
  { name }: Listed,
  signal: AbortSignal,
): Promise<PredictionDocument | KeylessError | undefined> {
  if (signal.aborted) return undefined;
  const found = await readDocumentText(predictions, name);
  if (!found) return undefined;
  try {
    if (found !== 'too large') return parseDocument(found.text);
  } catch {
    // told below: it is as foreign as one that is too large
  }
  return new KeylessError('BlobNotOurs', `What is in the place of the document of ${name} is none.`);
}
