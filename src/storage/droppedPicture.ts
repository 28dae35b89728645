import type { BlobGetPropertiesResponse, ContainerClient } from '@azure/storage-blob';
import { KeylessError } from '../errors/errors.ts';
import { digest } from '../pictures/digest.ts';
import { pictureFault, statusOf } from './faults.ts';
import { metadataValue } from './mark.ts';
import { readBytes } from './readBlob.ts';

/** A picture of the container, looked at but not read. */
export type DroppedPicture = {
  name: string;
  etag: string;
  /** Of its content. */
  length: number;
  /** Not kept for what was written in blocks. */
  md5?: Uint8Array;
};

/** `no picture`: a marker that stands for a folder. */
export type Missing = 'gone' | 'no picture';

/** Looks at a picture, which takes no memory. */
export async function lookAtPicture(
  images: ContainerClient,
  name: string,
): Promise<DroppedPicture | Missing> {
  try {
    const properties = await images.getBlobClient(name).getProperties();
    if (isFolder(name, properties.metadata)) return 'no picture';
    const { etag = '', contentLength = 0, contentMD5 } = properties;
    return { name, etag, length: contentLength, ...(contentMD5 && { md5: contentMD5 }) };
  } catch (error) {
    if (statusOf(error) === 404) return 'gone';
    const fault = pictureFault(error, `Looking at the picture ${name}`);
    if (fault.code === 'ImageNameInvalid') return 'gone'; // no blob can have it
    if (fault.code === 'ImageEncrypted') return lookFromAfar(images, name);
    throw fault;
  }
}

/** From the listing, which tells of a blob that storage does not show without its key. Reading it says what is wrong. */
async function lookFromAfar(images: ContainerClient, name: string): Promise<DroppedPicture | Missing> {
  try {
    for await (const item of images.listBlobsFlat({ prefix: name })) {
      if (item.name !== name) break; // the name itself comes first of all that begin with it
      const { etag, contentLength = 0 } = item.properties;
      return { name, etag, length: contentLength };
    }
    return 'gone';
  } catch (error) {
    throw pictureFault(error, `Looking for the picture ${name}`);
  }
}

/**
 * Tools that copy folders leave a blob for each: named with a slash at its end, or marked, in any letter case:
 * https://learn.microsoft.com/azure/storage/blobs/storage-blobs-introduction, azcopy and the Data Lake API
 */
export function isFolder(name: string, metadata: BlobGetPropertiesResponse['metadata']): boolean {
  return name.endsWith('/') || metadataValue(metadata, 'hdi_isfolder')?.toLowerCase() === 'true';
}

/**
 * The bytes of a picture as it was looked at: those that the host handed over, where their MD5 proves them to be the
 * same, since an event may be older than the content and the host does not hand over an ETag; else read from storage.
 * `changed` where another content came in between. Rejects with ImageMissing where there is no content.
 */
export async function readPicture(
  images: ContainerClient,
  { name, etag, length, md5 }: DroppedPicture,
  handed?: Buffer,
): Promise<Buffer | 'changed' | 'gone'> {
  if (length === 0) throw empty();
  if (handed && md5 && handed.length === length && (await digest('md5', handed)).equals(md5)) return handed;
  try {
    return await readBytes(images.getBlobClient(name), { etag, length });
  } catch (error) {
    if (statusOf(error) === 412) return 'changed';
    if (statusOf(error) === 404) return 'gone';
    throw pictureFault(error, `Reading the picture ${name}`);
  }
}

const empty = (): KeylessError =>
  new KeylessError('ImageMissing', 'The blob is empty: it has 0 bytes.', {
    fix: 'Upload the picture again, whole; an upload that was broken off leaves an empty blob.',
  });

/** The ETag of a picture as it is now; undefined when it is gone, or no picture. */
export async function currentEtag(images: ContainerClient, name: string): Promise<string | undefined> {
  const picture = await lookAtPicture(images, name);
  return typeof picture === 'string' ? undefined : picture.etag;
}
