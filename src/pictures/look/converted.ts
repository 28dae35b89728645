import { type Outline, UPRIGHT } from './outline.ts';

/** The first frame begins within these, unless much stands before it. */
const FIRST_BYTES = 1024;

/** RIFF tells its size: https://developers.google.com/speed/webp/docs/riff_container */
export function outlineWebp(bytes: Buffer): Outline {
  const whole = bytes.length >= 12 && bytes.length >= 8 + bytes.readUInt32LE(4);
  return {
    orientation: UPRIGHT,
    end: whole ? 'seen' : 'early',
    decoded: { lossless: bytes.subarray(0, FIRST_BYTES).includes('VP8L') },
  };
}

/** No picture has more than a few at its outermost level. */
const MOST_BOXES = 10_000;

/**
 * Boxes of length and name, side by side (ISO/IEC 14496-12, 4.2); a length of 0 means up to the end. What follows the last
 * box, as line ends that an upload added, does no harm.
 */
export function outlineAvif(bytes: Buffer): Outline {
  let at = 0;
  let hasData = false;
  for (let count = 0; at + 8 <= bytes.length && count < MOST_BOXES; count += 1) {
    const length = bytes.readUInt32BE(at);
    if (length === 0) return { orientation: UPRIGHT, end: 'seen' };
    if (length === 1 && at + 16 > bytes.length) break;
    hasData ||= bytes.toString('latin1', at + 4, at + 8) === 'mdat';
    at += length === 1 ? Math.max(16, Number(bytes.readBigUInt64BE(at + 8))) : Math.max(8, length);
  }
  return { orientation: UPRIGHT, end: hasData && at === bytes.length ? 'seen' : 'open' };
}
