/** How a picture’s pixels are turned and mirrored, EXIF 2.32, 4.6.4; 1 is upright. */
const UPRIGHT = 1;
const ORIENTATION_TAG = 0x0112;
const ENTRY_BYTES = 12;

/** The EXIF orientation, 1 to 8, of a JPEG or PNG; 1 where it tells none, or none that can be read. */
export function readOrientation(bytes: Buffer, format: string): number {
  const exif = format === 'jpeg' ? exifOfJpeg(bytes) : format === 'png' ? exifOfPng(bytes) : undefined;
  const orientation = exif ? orientationTag(exif) : undefined;
  return orientation !== undefined && orientation >= 1 && orientation <= 8 ? orientation : UPRIGHT;
}

/** The first APP1 segment named Exif, before the first scan. */
function exifOfJpeg(bytes: Buffer): Buffer | undefined {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    if (marker === 0xda) return undefined;
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    if (marker === 0xe1 && bytes.toString('latin1', at + 4, at + 10) === 'Exif\0\0') {
      return bytes.subarray(at + 10, at + 2 + length);
    }
    at += 2 + Math.max(2, length);
  }
  return undefined;
}

/** The chunk eXIf: https://www.w3.org/TR/png-3/#eXIf */
function exifOfPng(bytes: Buffer): Buffer | undefined {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'eXIf') return bytes.subarray(at + 8, at + 8 + length);
    at += 12 + length;
  }
  return undefined;
}

/** EXIF is a small TIFF: byte order, the place of its first directory, and that directory’s entries. */
function orientationTag(exif: Buffer): number | undefined {
  const order = exif.toString('latin1', 0, 2);
  if (exif.length < 8 || (order !== 'II' && order !== 'MM')) return undefined;
  const short = (at: number): number | undefined => {
    if (at + 2 > exif.length) return undefined;
    return order === 'II' ? exif.readUInt16LE(at) : exif.readUInt16BE(at);
  };
  const directory = order === 'II' ? exif.readUInt32LE(4) : exif.readUInt32BE(4);
  const entries = short(directory) ?? 0;
  for (let entry = 0; entry < entries; entry += 1) {
    const at = directory + 2 + entry * ENTRY_BYTES;
    const tag = short(at);
    if (tag === undefined) return undefined;
    if (tag === ORIENTATION_TAG) return short(at + 8);
  }
  return undefined;
}
