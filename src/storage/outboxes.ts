import type { ContainerClient } from '@azure/storage-blob';
import { KeylessError } from '../errors/errors.ts';
import { documentName, pictureNameOf } from './documentName.ts';
import { statusOf, storageFault } from './faults.ts';
import { fromMetadata, type Mark } from './mark.ts';
import { OUTBOX_KEY, type Outbox, writeOutbox } from './outbox.ts';

/** Targets of one document settle side by side, each in its own invocation. */
const MOST_WRITES = 32;

/** A document’s mark as it is now, and what its outbox is to become; `undefined` leaves it as it is. */
type Change = (mark: Mark) => Outbox | undefined;

/** Of a document that was just read: spares reading it again. */
type Seen = { etag: string; metadata: Record<string, string> };

/**
 * Changes the outbox that stands with a picture’s document, in place of exactly what was read. Resolves with whether it
 * was changed. Rejects with a storage fault.
 */
export async function changeOutbox(
  predictions: ContainerClient,
  pictureName: string,
  change: Change,
  seen?: Seen,
): Promise<boolean> {
  const document = documentName(pictureName);
  const blob = predictions.getBlobClient(document);
  for (let writes = 0; writes < MOST_WRITES; writes += 1) {
    try {
      const { etag = '', metadata = {} } = (writes === 0 && seen) || (await blob.getProperties());
      const mark = fromMetadata(metadata);
      const outbox = mark && change(mark);
      if (!outbox) return false;
      const others = Object.entries(metadata).filter(([name]) => name.toLowerCase() !== OUTBOX_KEY);
      await blob.setMetadata(
        { ...Object.fromEntries(others), ...(outbox.length > 0 && { [OUTBOX_KEY]: writeOutbox(outbox) }) },
        { conditions: { ifMatch: etag } },
      );
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      if (statusOf(error) !== 412) throw storageFault(error, `Noting with ${document} who was told`);
    }
  }
  throw new KeylessError('PictureBusy', `Others wrote ${document} ${MOST_WRITES} times meanwhile.`);
}

export type ListedOutbox = { name: string; mark: Mark; outbox: Outbox };

/** Documents that have somebody to tell, or had, in the order of their blobs’ names, from listings alone. */
export async function* listOutboxes(predictions: ContainerClient, prefix = ''): AsyncGenerator<ListedOutbox> {
  try {
    for await (const page of predictions.listBlobsFlat({ prefix, includeMetadata: true }).byPage()) {
      for (const { name: blob, metadata } of page.segment.blobItems) {
        const mark = fromMetadata(metadata);
        const name = pictureNameOf(blob, metadata);
        if (mark?.outbox && name !== undefined) yield { name, mark, outbox: mark.outbox };
      }
    }
  } catch (error) {
    if (statusOf(error) === 404) return; // made with the first document
    throw storageFault(error, 'Listing who is to be told');
  }
}
