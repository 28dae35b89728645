import type { Size } from '../limits.ts';
import { orientationOf } from './directory.ts';
import { checkCount, type Outline, UPRIGHT } from './outline.ts';

/** Encoders write chunks of 8 KiB or more. */
const MOST_CHUNKS = 300_000;
/** Chunk names, as numbers. */
const IHDR = 0x49484452;
const IDAT = 0x49444154;
const EXIF = 0x65584966;
const IEND = 0x49454e44;

/** Chunks of length, name, data and checksum, from IHDR to IEND: https://www.w3.org/TR/png-3/#5Chunk-layout */
export function outlinePng(bytes: Buffer): Outline {
  let size: Size | undefined;
  let orientation = UPRIGHT;
  let end: Outline['end'] = 'early';
  let count = 0;
  for (let at = 8; at + 12 <= bytes.length; ) {
    count += 1;
    checkCount(count, MOST_CHUNKS, 'chunks');
    const next = at + 12 + bytes.readUInt32BE(at);
    const name = bytes.readUInt32BE(at + 4);
    if (at === 8 && name === IHDR && at + 16 <= bytes.length)
      size = { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) };
    if (name === EXIF) orientation = orientationOf(bytes.subarray(at + 8, next - 4));
    if (name === IDAT) end = 'open';
    if (name === IEND && next <= bytes.length) return { size, orientation, end: 'seen' };
    at = next;
  }
  return { size, orientation, end };
}
