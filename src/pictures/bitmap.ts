import { KeylessError } from '../errors/errors.ts';

const CORE_HEADER_BYTES = 40;
const MASKS_OF_BGR = [0xff0000, 0xff00, 0xff];

/**
 * Decodes into red, green and blue, a byte each, from the top left: an uncompressed Windows bitmap of 1, 4, 8, 24 or 32 bits a pixel, which sharp does not read; the fourth byte
 * of 32 bits is not used: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
 */
export function decodeBitmap(bytes: Buffer): Buffer {
  if (bytes.length < 54 || bytes.readUInt32LE(14) < CORE_HEADER_BYTES)
    throw unreadable('its header is too short');
  const width = bytes.readInt32LE(18);
  const storedHeight = bytes.readInt32LE(22);
  const height = Math.abs(storedHeight);
  const bits = bytes.readUInt16LE(28);
  const compression = bytes.readUInt32LE(30);
  if (compression !== 0 && !(compression === 3 && bits === 32 && hasUsualMasks(bytes)))
    throw unreadable(`it is compressed (method ${compression})`);
  if (![1, 4, 8, 24, 32].includes(bits)) throw unreadable(`it has ${bits} bits a pixel`);

  const first = bytes.readUInt32LE(10);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (width <= 0 || first + rowBytes * height > bytes.length)
    throw unreadable('its pixels are not all there');
  const palette = 14 + bytes.readUInt32LE(14);
  /** Where the blue, green and red of a pixel are. */
  const colourAt = (row: number, x: number): number => {
    if (bits >= 24) return row + x * (bits / 8);
    const byte = bytes[row + ((x * bits) >> 3)] ?? 0;
    const index = (byte >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1);
    return palette + index * 4;
  };

  const data = Buffer.alloc(width * height * 3);
  let to = 0;
  for (let y = 0; y < height; y += 1) {
    const row = first + (storedHeight < 0 ? y : height - 1 - y) * rowBytes;
    for (let x = 0; x < width; x += 1) {
      const from = colourAt(row, x);
      data[to] = bytes[from + 2] ?? 0;
      data[to + 1] = bytes[from + 1] ?? 0;
      data[to + 2] = bytes[from] ?? 0;
      to += 3;
    }
  }
  return data;
}

const hasUsualMasks = (bytes: Buffer): boolean =>
  bytes.length >= 66 && MASKS_OF_BGR.every((mask, index) => bytes.readUInt32LE(54 + index * 4) === mask);

const unreadable = (why: string): KeylessError =>
  new KeylessError(
    'ImageUndecodable',
    `Only an uncompressed BMP of 1, 4, 8, 24 or 32 bits a pixel can be made smaller; ${why}.`,
  );
