import { KeylessError } from '../errors/errors.ts';
import { type BitmapHeader, readBitmapHeader } from './look/bmp.ts';
import { takingTurns } from './turns.ts';

const MASKS_OF_BGR = [0xff0000, 0xff00, 0xff];
/** Decoded between two looks at the clock. */
const SLICE_PIXELS = 16_384;

/**
 * Decodes into red, green and blue, a byte each, from the top left: an uncompressed bitmap of 1, 4, 8, 24 or 32 bits a
 * pixel, which sharp does not read; the fourth byte of 32 bits is not used. Others get their turn of the event loop in
 * between: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
 */
export async function decodeBitmap(bytes: Buffer): Promise<Buffer> {
  const header = readBitmapHeader(bytes);
  if (!header) throw unreadable('its header is of no known length');
  const { size, topDown, bits, compression, pixels } = header;
  if (compression !== 0 && !(compression === 3 && bits === 32 && hasUsualMasks(bytes)))
    throw unreadable(`it is compressed (method ${compression})`);
  if (![1, 4, 8, 24, 32].includes(bits)) throw unreadable(`it has ${bits} bits a pixel`);
  if (size.width <= 0 || pixels.at + pixels.bytes > bytes.length)
    throw unreadable('its pixels are not all there');

  const decodeRow = bits > 8 ? directRow(bytes, bits / 8) : paletteRow(bytes, header);
  const data = Buffer.allocUnsafe(size.width * size.height * 3);
  const turn = takingTurns();
  for (let y = 0; y < size.height; y += 1) {
    const row = pixels.at + (topDown ? y : size.height - 1 - y) * pixels.rowBytes;
    const to = y * size.width * 3;
    for (let x = 0; x < size.width; x += SLICE_PIXELS) {
      decodeRow(data, to + x * 3, row, x, Math.min(size.width, x + SLICE_PIXELS));
      await turn();
    }
  }
  return data;
}

/** Decodes the pixels of a stored row from a column up to another. */
type DecodeRow = (data: Buffer, to: number, row: number, from: number, end: number) => void;

/** Blue, green and red, and perhaps a byte that says nothing. */
const directRow =
  (bytes: Buffer, pixelBytes: number): DecodeRow =>
  (data, to, row, from, end) => {
    let at = row + from * pixelBytes;
    for (let x = from; x < end; x += 1, at += pixelBytes, to += 3) {
      data[to] = bytes[at + 2] ?? 0;
      data[to + 1] = bytes[at + 1] ?? 0;
      data[to + 2] = bytes[at] ?? 0;
    }
  };

/** Numbers of colours, the leftmost in the highest bits of a byte. */
function paletteRow(bytes: Buffer, { bits, palette: { at, entryBytes } }: BitmapHeader): DecodeRow {
  const colours = new Uint8Array(3 * 2 ** bits);
  for (let index = 0; index < colours.length; index += 1) {
    const entry = at + Math.floor(index / 3) * entryBytes;
    colours[index] = bytes[entry + 2 - (index % 3)] ?? 0;
  }
  const mask = 2 ** bits - 1;
  return (data, to, row, from, end) => {
    for (let x = from; x < end; x += 1, to += 3) {
      const bit = x * bits;
      const colour = 3 * (((bytes[row + Math.floor(bit / 8)] ?? 0) >> (8 - bits - (bit & 7))) & mask);
      data[to] = colours[colour] ?? 0;
      data[to + 1] = colours[colour + 1] ?? 0;
      data[to + 2] = colours[colour + 2] ?? 0;
    }
  };
}

const hasUsualMasks = (bytes: Buffer): boolean =>
  bytes.length >= 66 && MASKS_OF_BGR.every((mask, index) => bytes.readUInt32LE(54 + index * 4) === mask);

const unreadable = (why: string): KeylessError =>
  new KeylessError(
    'ImageUndecodable',
    `Only an uncompressed BMP of 1, 4, 8, 24 or 32 bits a pixel can be made smaller; ${why}.`,
  );
