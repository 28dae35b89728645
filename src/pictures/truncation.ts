import type { Format } from './format.ts';

/** Whether the file ends before its picture does. Bytes after the picture’s end are no fault: cameras append data. */
export function isTruncated(bytes: Buffer, format: Format): boolean {
  switch (format) {
    case 'jpeg':
      return !jpegEnds(bytes);
    case 'png':
      return !pngEnds(bytes);
    case 'gif':
      return !gifEnds(bytes);
    case 'bmp':
      return !bmpEnds(bytes);
  }
}

/** Segments up to the start of scan, then an end-of-image marker; inside a scan FF is always followed by 00 or RSTn (ITU T.81, B.1.1.5). */
function jpegEnds(bytes: Buffer): boolean {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    if (marker === 0xda) return bytes.indexOf(Buffer.from([0xff, 0xd9]), at) !== -1;
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2) return false;
    at += 2 + length;
  }
  return false;
}

/** Chunks of length, name, data and checksum up to IEND (PNG specification, 5.3). */
function pngEnds(bytes: Buffer): boolean {
  let at = 8;
  while (at + 12 <= bytes.length) {
    const name = bytes.toString('latin1', at + 4, at + 8);
    at += 12 + bytes.readUInt32BE(at);
    if (name === 'IEND') return at <= bytes.length;
  }
  return false;
}

/** Blocks up to the trailer 3B (GIF89a specification, 17–27). */
function gifEnds(bytes: Buffer): boolean {
  const tableBytes = (flags: number) => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
  let at = 13 + tableBytes(bytes[10] ?? 0);
  while (at < bytes.length) {
    const kind = bytes[at];
    if (kind === 0x3b) return true;
    if (kind === 0x21) at += 2;
    else if (kind === 0x2c) at += 11 + tableBytes(bytes[at + 9] ?? 0);
    else return false;
    for (let size = bytes[at]; size !== undefined && size > 0; size = bytes[at]) at += 1 + size;
    at += 1;
  }
  return false;
}

/** The pixels of an uncompressed bitmap have a size that follows from its header; others tell theirs. */
function bmpEnds(bytes: Buffer): boolean {
  if (bytes.length < 54 || bytes.readUInt32LE(14) < 40) return bytes.length >= bytes.readUInt32LE(2);
  const compression = bytes.readUInt32LE(30);
  const rowBytes = Math.ceil((bytes.readInt32LE(18) * bytes.readUInt16LE(28)) / 32) * 4;
  const pixels =
    compression === 0 || compression === 3
      ? rowBytes * Math.abs(bytes.readInt32LE(22))
      : bytes.readUInt32LE(34);
  return bytes.length >= bytes.readUInt32LE(10) + pixels;
}
