import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A few milliseconds of hashing. */
const SLICE_BYTES = 4 * 1024 * 1024;

/** The digest of bytes of any length; between slices others get their turn of the event loop. */
export async function digest(algorithm: 'md5' | 'sha256', bytes: Buffer): Promise<Buffer> {
  const hash = createHash(algorithm);
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    if (at > 0) await nextTurn();
    hash.update(bytes.subarray(at, at + SLICE_BYTES));
  }
  return hash.digest();
}
