import { text } from 'node:stream/consumers';
import type { ContainerClient } from '@azure/storage-blob';
import { KeylessError } from '../errors/errors.ts';
import { MAX_UPLOAD_BYTES } from '../pictures/limits.ts';
import { type Containers, statusOf, storageFault } from './containers.ts';
import { currentEtag } from './droppedPicture.ts';
import { bareEtag } from './mark.ts';
import { documentName } from './store.ts';

/** `pending`: the picture is there and its document is not yet. */
export type Reading =
  | { kind: 'document'; name: string; etag: string; text: string }
  | { kind: 'pending' }
  | { kind: 'none' };

type Two = Pick<Containers, 'images' | 'predictions'>;

/**
 * The document of a dropped picture, by the name as it comes out of an address. There a slash may stand as %2F, which
 * clients write and the host does not decode (https://github.com/dotnet/aspnetcore/issues/11544), so both are tried.
 */
export async function readDocument({ images, predictions }: Two, given: string): Promise<Reading> {
  const names = [...new Set([given.replaceAll(/%2f/giu, '/'), given])].filter(isPictureName);
  for (const name of names) {
    const found = await download(predictions, name);
    if (found) return { kind: 'document', name, ...found };
  }
  for (const name of names) if (await currentEtag(images, name)) return { kind: 'pending' };
  return { kind: 'none' };
}

/**
 * What storage refuses, and `..`, which a URL would not keep:
 * https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
 */
function isPictureName(name: string): boolean {
  return (
    name.length > 0 &&
    documentName(name).length <= 1024 &&
    name.isWellFormed() &&
    !/\p{Cc}/u.test(name) &&
    !name.split('/').some((segment) => segment === '.' || segment === '..')
  );
}

async function download(
  predictions: ContainerClient,
  name: string,
): Promise<{ etag: string; text: string } | undefined> {
  try {
    const { etag = '', readableStreamBody } = await predictions.getBlobClient(documentName(name)).download();
    if (!readableStreamBody) throw new Error('The download has no stream.');
    return { etag: `"${bareEtag(etag)}"`, text: await text(readableStreamBody) };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw storageFault(error, `Reading the document ${documentName(name)}`);
  }
}

/** The picture with exactly this content. Rejects with ImageTooLarge, before it is read, over 32 MiB. */
export async function readPictureOf(
  images: ContainerClient,
  name: string,
  etag: string,
): Promise<Buffer | 'changed' | 'gone'> {
  const blob = images.getBlobClient(name);
  const conditions = { ifMatch: `"${bareEtag(etag)}"` };
  try {
    const { contentLength = 0 } = await blob.getProperties({ conditions });
    if (contentLength > MAX_UPLOAD_BYTES) {
      throw new KeylessError(
        'ImageTooLarge',
        `Pictures of up to ${MAX_UPLOAD_BYTES.toLocaleString('en')} bytes are drawn, this one has ${contentLength.toLocaleString('en')}.`,
      );
    }
    return await blob.downloadToBuffer(0, undefined, { conditions });
  } catch (error) {
    // to a condition on what is not there, storage may answer either
    if (statusOf(error) === 404) return 'gone';
    if (statusOf(error) === 412) return (await currentEtag(images, name)) ? 'changed' : 'gone';
    throw storageFault(error, `Reading the picture ${name}`);
  }
}
