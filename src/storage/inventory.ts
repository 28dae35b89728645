import type { ContainerClient } from '@azure/storage-blob';
import { documentName, isCut } from './documentName.ts';
import { isFolder } from './droppedPicture.ts';
import { pictureFault, statusOf, storageFault } from './faults.ts';
import { fromMetadata, type Mark } from './mark.ts';
import { findMark } from './store.ts';

/** A picture of the container and what its document says of itself, if there is one. */
export type InventoryItem = { name: string; etag: string; lastModified: Date; mark?: Mark };

type Picture = Omit<InventoryItem, 'mark'>;
const SUFFIX = '.json';

/**
 * Every picture with its document, from one listing of each container side by side: pages, never a whole container in
 * memory. Both listings come in the order of names; the document of `a` comes after that of `a.b`, so a picture may wait
 * for its document while others pass. A document whose name was cut is looked up by itself. Rejects with a storage fault.
 */
export async function* inventory(
  images: ContainerClient,
  predictions: ContainerClient,
  prefix = '',
): AsyncGenerator<InventoryItem> {
  const pictures = pull(listPictures(images, prefix));
  const documents = pull(listMarks(predictions, prefix));
  const waiting = new Map<string, Picture>();

  for (;;) {
    const [picture, document] = [await pictures.peek(), await documents.peek()];
    for (const [name, each] of waiting) {
      if (document && !comesBefore(name + SUFFIX, document.name + SUFFIX)) continue;
      waiting.delete(name);
      yield each;
    }
    const owner = document && waiting.get(document.name);
    if (owner) {
      documents.take();
      waiting.delete(owner.name);
      yield withMark(owner, document.mark);
    } else if (picture && !(document && comesBefore(document.name, picture.name))) {
      pictures.take();
      if (isCut(picture.name)) yield withMark(picture, await findMark(predictions, picture.name));
      else waiting.set(picture.name, picture);
    } else if (document && (picture || waiting.size > 0)) {
      documents.take(); // of a picture that was deleted
    } else return;
  }
}

/**
 * By code units and by code points, which differ above U+D7FF: storage does not say which of the two it lists by.
 * Names on which they disagree are held a little longer.
 */
const comesBefore = (a: string, b: string): boolean => a < b && Buffer.from(a).compare(Buffer.from(b)) < 0;

const withMark = (picture: Picture, mark: Mark | undefined): InventoryItem => ({
  ...picture,
  ...(mark && { mark }),
});

async function* listPictures(images: ContainerClient, prefix: string): AsyncGenerator<Picture> {
  try {
    for await (const page of images.listBlobsFlat({ prefix, includeMetadata: true }).byPage()) {
      for (const { name, metadata, properties } of page.segment.blobItems) {
        if (isFolder(name, metadata)) continue;
        yield { name, etag: properties.etag, lastModified: properties.lastModified };
      }
    }
  } catch (error) {
    throw pictureFault(error, `Listing the pictures of ${images.containerName}`);
  }
}

/** By picture name, but for names that were cut, which sort elsewhere. A container that is not there yet holds no documents. */
async function* listMarks(
  predictions: ContainerClient,
  prefix: string,
): AsyncGenerator<{ name: string; mark?: Mark }> {
  try {
    for await (const page of predictions.listBlobsFlat({ prefix, includeMetadata: true }).byPage()) {
      for (const { name, metadata } of page.segment.blobItems) {
        const picture = name.slice(0, -SUFFIX.length);
        if (documentName(picture) !== name) continue;
        const mark = fromMetadata(metadata);
        yield { name: picture, ...(mark && { mark }) };
      }
    }
  } catch (error) {
    if (statusOf(error) === 404) return;
    throw storageFault(error, `Listing the documents of ${predictions.containerName}`);
  }
}

/** A generator that can be looked at before it is taken from. */
function pull<T>(generator: AsyncGenerator<T>): { peek(): Promise<T | undefined>; take(): void } {
  let next: Promise<IteratorResult<T>> | undefined;
  return {
    async peek() {
      next ??= generator.next();
      const { done, value } = await next;
      return done ? undefined : value;
    },
    take() {
      next = undefined;
    },
  };
}
