import type { ContainerClient } from '@azure/storage-blob';
import { fromMetadata, type Mark } from './mark.ts';

/** A picture of the container and what its document says of itself, if there is one. */
export type InventoryItem = { name: string; etag: string; lastModified: Date; mark?: Mark };

type Picture = Omit<InventoryItem, 'mark'>;
const SUFFIX = '.json';

/**
 * Every picture with its document, from one listing of each container side by side: pages, never a whole container in
 * memory. Both listings come in the order of names; the document of `a` comes after that of `a.b`, so a few wait for
 * their other half.
 */
export async function* inventory(
  images: ContainerClient,
  predictions: ContainerClient,
  prefix = '',
): AsyncGenerator<InventoryItem> {
  const pictures = pull(listPictures(images, prefix));
  const documents = pull(listMarks(predictions, prefix));
  const waiting = new Map<string, Picture>();
  const early = new Map<string, Mark | undefined>();

  for (;;) {
    const [picture, document] = [await pictures.peek(), await documents.peek()];
    for (const [name, each] of waiting) {
      if (document && name + SUFFIX >= document.name + SUFFIX) continue;
      waiting.delete(name);
      yield each;
    }
    if (!picture && (!document || waiting.size === 0)) return;
    if (picture && (!document || picture.name + SUFFIX <= document.name + SUFFIX)) {
      pictures.take();
      if (early.has(picture.name)) yield withMark(picture, early.get(picture.name));
      else waiting.set(picture.name, picture);
      for (const name of early.keys()) if (name <= picture.name) early.delete(name);
    } else if (document) {
      documents.take();
      const found = waiting.get(document.name);
      if (found) yield withMark(found, document.mark);
      else early.set(document.name, document.mark);
      waiting.delete(document.name);
    }
  }
}

const withMark = (picture: Picture, mark: Mark | undefined): InventoryItem => ({
  ...picture,
  ...(mark && { mark }),
});

async function* listPictures(images: ContainerClient, prefix: string): AsyncGenerator<Picture> {
  for await (const page of images.listBlobsFlat({ prefix }).byPage()) {
    for (const { name, properties } of page.segment.blobItems) {
      yield { name, etag: properties.etag, lastModified: properties.lastModified };
    }
  }
}

/** By picture name. A container that is not there yet holds no documents. */
async function* listMarks(
  predictions: ContainerClient,
  prefix: string,
): AsyncGenerator<{ name: string; mark?: Mark }> {
  if (!(await predictions.exists())) return;
  for await (const page of predictions.listBlobsFlat({ prefix, includeMetadata: true }).byPage()) {
    for (const { name, metadata } of page.segment.blobItems) {
      if (!name.endsWith(SUFFIX)) continue;
      const mark = fromMetadata(metadata);
      yield { name: name.slice(0, -SUFFIX.length), ...(mark && { mark }) };
    }
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
