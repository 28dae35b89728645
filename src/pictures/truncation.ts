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

/** What may stand between two scans: tables (DHT, DQT, DRI, DNL), comments, application data and the next scan’s head. */
const BETWEEN_SCANS = [0xc4, 0xda, 0xdb, 0xdc, 0xdd, 0xe0, 0xe1, 0xe2, 0xed, 0xee, 0xfe];

/**
 * Segments up to the first scan, then scans and segments up to the end-of-image marker. In a scan FF is data when 00
 * follows (ITU T.81, B.1.1.5); a thumbnail’s or a table’s end mark lies inside a segment and does not count.
 */
function jpegEnds(bytes: Buffer): boolean {
  let scanning = false;
  for (let at = 2; at + 2 <= bytes.length; ) {
    if (scanning) at = bytes.indexOf(0xff, at);
    if (bytes[at] !== 0xff) return false;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xd9) return true;
    if (marker === 0xff) {
      at += 1; // fill byte
    } else if (scanning && !BETWEEN_SCANS.includes(marker)) {
      at += 2;
    } else {
      if (at + 4 > bytes.length) return false;
      at += 2 + Math.max(2, bytes.readUInt16BE(at + 2));
      scanning ||= marker === 0xda;
    }
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
