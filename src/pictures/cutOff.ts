import type { Convertible } from './header.ts';

/** Whether a file of a type that is converted ends before its picture does, as far as its outermost structure tells. */
export function isCutOff(bytes: Buffer, type: Convertible): boolean {
  switch (type) {
    case 'WebP': // RIFF tells its size: https://developers.google.com/speed/webp/docs/riff_container
      return bytes.length < 12 || bytes.length < 8 + bytes.readUInt32LE(4);
    case 'TIFF':
      return !tiffDirectoryIsThere(bytes);
    case 'AVIF':
      return !boxesEnd(bytes);
  }
}

/** The first directory, which most writers put last (TIFF 6.0, section 2). */
function tiffDirectoryIsThere(bytes: Buffer): boolean {
  if (bytes.length < 8) return false;
  const little = bytes[0] === 0x49;
  const at = little ? bytes.readUInt32LE(4) : bytes.readUInt32BE(4);
  if (at + 2 > bytes.length) return false;
  const entries = little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  return at + 2 + entries * 12 <= bytes.length;
}

/** Boxes of length and name, side by side (ISO/IEC 14496-12, 4.2); a length of 0 means up to the end. */
function boxesEnd(bytes: Buffer): boolean {
  let at = 0;
  while (at + 8 <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    if (length === 0) return true;
    if (length === 1 && at + 16 > bytes.length) return false;
    at += length === 1 ? Math.max(16, Number(bytes.readBigUInt64BE(at + 8))) : Math.max(8, length);
  }
  return at === bytes.length;
}
