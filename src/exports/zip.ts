import { buffer } from 'node:stream/consumers';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { KeylessError } from '../errors/errors.ts';
import type { ExportFile } from './exportFiles.ts';

/** An export has some ten files; those with sample code fifty. */
const MOST_ENTRIES = 2_000;

/** Whether bytes are a zip: its first entry’s signature, or that of an empty one. */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

/** The files in a zip, by path; nothing is unpacked before it is read, and no more than its directory told. */
export async function filesInZip(bytes: Buffer): Promise<ExportFile[]> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true, autoClose: false }).catch(
    (cause: Error) => {
      throw invalid(cause.message, cause);
    },
  );
  if (zip.entryCount > MOST_ENTRIES)
    throw invalid(`it tells of ${zip.entryCount.toLocaleString('en')} files, which no export has`);
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) entries.push(entry);
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause), cause);
  }
  return entries
    .filter(({ fileName }) => !fileName.endsWith('/'))
    .map((entry) => ({
      path: entry.fileName,
      bytes: entry.uncompressedSize,
      read: () => unpacked(zip, entry),
    }));
}

/** yauzl ends the stream with an error where an entry has more or fewer bytes than the directory told. */
async function unpacked(zip: ZipFile, entry: Entry): Promise<Buffer> {
  try {
    return await buffer(await zip.openReadStreamPromise(entry));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalid(`${JSON.stringify(entry.fileName.slice(0, 100))} cannot be unpacked: ${why}`, cause);
  }
}

const invalid = (why: string, cause?: unknown): KeylessError =>
  new KeylessError('ExportInvalid', `The zip cannot be read: ${why}.`, cause === undefined ? {} : { cause });
