import { createHash } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { statusOf, storageFault } from './containers.ts';

/** A picture as it lies in the container: its bytes and the ETag of exactly those bytes. */
export type DroppedPicture = { bytes: Buffer; etag: string };

/** Overwritten between two reads this often, it is left to the event of the last overwrite. */
const MOST_READS = 5;

/**
 * Pairs the bytes the host handed over with their ETag, which it does not hand over. An Event Grid event may be older
 * than the content, so the pair is proven by the content’s MD5; without that, the picture is read again by its ETag.
 * Undefined when the picture is gone.
 */
export async function readDroppedPicture(
  images: ContainerClient,
  name: string,
  handed: Buffer | undefined,
): Promise<DroppedPicture | undefined> {
  const blob = images.getBlobClient(name);
  try {
    for (let reads = 0; ; reads += 1) {
      const { etag = '', contentMD5, contentLength } = await blob.getProperties();
      if (handed && contentMD5 && contentLength === handed.length && md5(handed).equals(contentMD5)) {
        return { bytes: handed, etag };
      }
      try {
        const bytes = await blob.downloadToBuffer(0, undefined, { conditions: { ifMatch: etag } });
        return { bytes, etag };
      } catch (error) {
        if (statusOf(error) !== 412 || reads >= MOST_READS) throw error;
      }
    }
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw storageFault(error, `Reading the picture ${name}`);
  }
}

const md5 = (bytes: Buffer): Buffer => createHash('md5').update(bytes).digest();

/** The ETag of a picture as it is now; undefined when it is gone. */
export async function currentEtag(images: ContainerClient, name: string): Promise<string | undefined> {
  try {
    return (await images.getBlobClient(name).getProperties()).etag;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw storageFault(error, `Looking at the picture ${name}`);
  }
}
