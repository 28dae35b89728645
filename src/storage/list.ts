import type { ContainerClient, ContainerListBlobFlatSegmentResponse } from '@azure/storage-blob';
import { openCursor, sealCursor, unfitCursor } from './cursor.ts';
import { documentPrefix, pictureNameOf } from './documentName.ts';
import { statusOf, storageFault } from './faults.ts';
import { bareEtag, fromMetadata } from './mark.ts';
import { type Told, toldOf } from './told.ts';

/** One document, as its mark tells it; the document itself is not read. */
export type Listed = {
  /** The picture’s. */
  name: string;
  status: 'succeeded' | 'failed';
  /** Of a failed one. */
  code?: string;
  /** When the document was written; ISO 8601, UTC. */
  lastModified: string;
  /** The document’s. */
  etag: string;
  /** Who else was told, or is to be. */
  told?: Told[];
};

/** With a cursor there may be more, even where this page is short or empty. */
export type Listing = { predictions: Listed[]; cursor?: string };

export type ListQuery = { prefix: string; top: number; cursor?: string };

/** Storage may answer pages of nothing, each with a token: https://learn.microsoft.com/rest/api/storageservices/list-blobs */
const MOST_EMPTY_PAGES = 10;

/**
 * A page of documents in the order of their blobs’ names (by code unit; see `documentName`). Blobs without a mark
 * are somebody else’s and left out. Rejects with RequestInvalid for a cursor that is not one of this listing.
 */
export async function listDocuments(
  predictions: ContainerClient,
  query: ListQuery,
  targets: ReadonlyMap<string, string> = new Map(),
): Promise<Listing> {
  const { prefix } = query;
  let token = query.cursor === undefined ? undefined : openCursor(query.cursor, prefix);
  for (let page = 0; ; page += 1) {
    const answer = await listPage(predictions, query, token);
    const listed = (answer?.segment.blobItems ?? []).flatMap(({ name: blob, metadata, properties }) => {
      const name = pictureNameOf(blob, metadata);
      const mark = fromMetadata(metadata);
      if (!mark || !name?.startsWith(prefix)) return [];
      const { status, code } = mark;
      const { lastModified, etag } = properties;
      return {
        name,
        status,
        ...(code && { code }),
        lastModified: lastModified.toISOString(),
        etag: `"${bareEtag(etag)}"`,
        ...(mark.outbox && { told: toldOf(name, mark, targets) }),
      };
    });
    token = answer?.continuationToken || undefined;
    if (!token) return { predictions: listed };
    if (listed.length > 0 || page >= MOST_EMPTY_PAGES) {
      return { predictions: listed, cursor: sealCursor(token, prefix) };
    }
  }
}

/** Undefined: the container is made with the first document, and is not there yet. */
async function listPage(
  predictions: ContainerClient,
  { prefix, top, cursor }: ListQuery,
  token: string | undefined,
): Promise<ContainerListBlobFlatSegmentResponse | undefined> {
  try {
    const pages = predictions
      .listBlobsFlat({ prefix: documentPrefix(prefix), includeMetadata: true })
      .byPage({ maxPageSize: top, ...(token && { continuationToken: token }) });
    return (await pages.next()).value;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    if (statusOf(error) === 400 && cursor) throw unfitCursor(error);
    throw storageFault(error, 'Listing the documents');
  }
}
