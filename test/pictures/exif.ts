import { crc32 } from 'node:zlib';

/** Bytes of a value by its type: BYTE, SHORT, LONG and their signed kin. */
const BYTES = { 1: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4 } as const;
export type ExifType = keyof typeof BYTES;

/** An EXIF block of one entry, the orientation, without what stands before it in a JPEG. */
export function exifOf(orientation: number, type: ExifType, order: 'II' | 'MM'): Buffer {
  const bytes = Buffer.alloc(26);
  const write = (value: number, at: number, size: 1 | 2 | 4) =>
    order === 'II' ? bytes.writeUIntLE(value, at, size) : bytes.writeUIntBE(value, at, size);
  bytes.write(order, 'latin1');
  write(42, 2, 2);
  write(8, 4, 4);
  write(1, 8, 2);
  write(0x0112, 10, 2);
  write(type, 12, 2);
  write(1, 14, 4);
  write(orientation, 18, BYTES[type]);
  return bytes;
}

/** A JPEG, PNG or plain WebP with this block in front of its picture. */
export function withExif(bytes: Buffer, exif: Buffer): Buffer {
  if (bytes[0] === 0xff) {
    const data = Buffer.concat([Buffer.from('Exif\0\0'), exif]);
    const head = Buffer.from([0xff, 0xe1, 0, 0]);
    head.writeUInt16BE(data.length + 2, 2);
    return Buffer.concat([bytes.subarray(0, 2), head, data, bytes.subarray(2)]);
  }
  if (bytes[0] === 0x89) {
    const body = Buffer.concat([Buffer.from('eXIf'), exif]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(exif.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([bytes.subarray(0, 33), length, body, sum, bytes.subarray(33)]);
  }
  return extendedWebp(bytes, exif);
}

/** https://developers.google.com/speed/webp/docs/riff_container#extended_file_format */
function extendedWebp(bytes: Buffer, exif: Buffer): Buffer {
  const [width, height] = [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff];
  const extended = Buffer.alloc(18);
  extended.write('VP8X');
  extended.writeUInt32LE(10, 4);
  extended[8] = 8;
  extended.writeUIntLE(width - 1, 12, 3);
  extended.writeUIntLE(height - 1, 15, 3);
  const head = Buffer.alloc(8);
  head.write('EXIF');
  head.writeUInt32LE(exif.length, 4);
  const whole = Buffer.concat([bytes.subarray(0, 12), extended, bytes.subarray(12), head, exif]);
  whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}
