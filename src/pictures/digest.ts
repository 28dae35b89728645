import { createHash } from 'node:crypto';
import { takingTurns } from './turns.ts';

/** A few milliseconds of hashing. */
const SLICE_BYTES = 4 * 1024 * 1024;

/** The digest of bytes of any length; between slices others get their turn of the event loop. */
export async function digest(algorithm: 'md5' | 'sha256', bytes: Buffer): Promise<Buffer> {
  const hash = createHash(algorithm);
  const turn = takingTurns();
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    await turn();
    hash.update(bytes.subarray(at, at + SLICE_BYTES));
  }
  return hash.digest();
}
