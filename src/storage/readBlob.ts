import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { BlobClient, ContainerClient } from '@azure/storage-blob';
import { inTime } from '../outbound/inTime.ts';
import { readInTurns } from '../pictures/turns.ts';
import { statusOf, storageFault } from './faults.ts';

/** Far more bytes than any document or claim has. */
export const LARGEST_TEXT = 8 * 1024 * 1024;

/** Of one blob, whoever stops sending: memory is held meanwhile. The library’s own limit where it reads into a buffer. */
export const LONGEST_READ_MS = 100_000;

export type BlobText = { text: string; etag: string; metadata: Record<string, string> | undefined };

/**
 * A blob of the app’s own, in one request; one that is too large to be its own is not read into memory. Undefined where
 * there is none, or no blob can have the name. Rejects with a storage fault; `what` names the operation and the blob.
 */
export async function readText(
  container: ContainerClient,
  name: string,
  what: string,
): Promise<BlobText | 'too large' | undefined> {
  try {
    return await inTime(LONGEST_READ_MS, async (abortSignal) => {
      const answer = await container.getBlobClient(name).download(0, undefined, { abortSignal });
      const { etag = '', metadata, contentLength = 0, readableStreamBody } = answer;
      if (!readableStreamBody) throw new Error('The download has no stream.');
      if (contentLength > LARGEST_TEXT) {
        (readableStreamBody as Readable).destroy();
        return 'too large';
      }
      return { text: await text(readableStreamBody), etag, metadata };
    });
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    const fault = storageFault(error, what);
    if (fault.code === 'ImageNameInvalid') return undefined;
    throw fault;
  }
}

/**
 * The bytes of exactly the content that was looked at, no more than were told of then. Rejects with what storage answers, 412
 * where it is another by now.
 */
export async function readBytes(
  blob: BlobClient,
  { etag, length }: { etag: string; length: number },
): Promise<Buffer> {
  return inTime(LONGEST_READ_MS, async (abortSignal) => {
    const options = { conditions: { ifMatch: etag }, abortSignal };
    const { readableStreamBody } = await blob.download(0, undefined, options);
    if (!readableStreamBody) throw new Error('The download has no stream.');
    return readInTurns(readableStreamBody as AsyncIterable<Buffer>, length);
  });
}
