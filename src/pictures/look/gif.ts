import type { Size } from '../limits.ts';
import { checkCount, type Outline, UPRIGHT } from './outline.ts';

/** Full blocks of 255 bytes are 131,586 in 32 MiB. */
const MOST_BLOCKS = 500_000;

/** Blocks up to the trailer 3B (GIF89a specification, 17 to 27); decoders need no more than the first image. */
export function outlineGif(bytes: Buffer): Outline {
  const tableBytes = (flags = 0) => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
  let size: Size | undefined = bytes.length < 13 ? undefined : sizeAt(bytes, 6);
  let end: Outline['end'] = 'early';
  let count = 0;
  for (let at = 13 + tableBytes(bytes[10]); at < bytes.length; at += 1) {
    const kind = bytes[at];
    if (kind === 0x3b) return { size, orientation: UPRIGHT, end: end === 'open' ? 'seen' : 'early' };
    if (kind === 0x2c) {
      if (size && size.width * size.height === 0 && at + 9 <= bytes.length) size = sizeAt(bytes, at + 5);
      at += 11 + tableBytes(bytes[at + 9]);
      end = 'open';
    } else if (kind === 0x21) at += 2;
    else return { size, orientation: UPRIGHT, end: 'open' }; // some decoders go on
    count += 1;
    for (let block = bytes[at]; block !== undefined && block > 0 && count <= MOST_BLOCKS; block = bytes[at]) {
      at += 1 + block;
      count += 1;
    }
    checkCount(count, MOST_BLOCKS, 'blocks');
  }
  return { size, orientation: UPRIGHT, end };
}

const sizeAt = (bytes: Buffer, at: number): Size => ({
  width: bytes.readUInt16LE(at),
  height: bytes.readUInt16LE(at + 2),
});
