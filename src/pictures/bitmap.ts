import { type BitmapHeader, readBitmapHeader } from './look/bmp.ts';
import { endsEarly } from './look/look.ts';
import { readRuns } from './look/runs.ts';
import { takingTurns } from './turns.ts';

/** Decoded between two looks at the clock. */
const SLICE_PIXELS = 16_384;

/**
 * Decodes a bitmap, which sharp does not read, into red, green and blue, a byte each, from the top left. Alpha is not used:
 * most writers leave it at nought. Others get their turn of the event loop in between:
 * https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
 */
export async function decodeBitmap(bytes: Buffer): Promise<Buffer> {
  const header = readBitmapHeader(bytes);
  if (!header) throw endsEarly(bytes.length, 'BMP');
  const { size, topDown, pixels } = header;
  const stored = header.inRuns ? await indices(bytes, header) : { rows: bytes, ...pixels, bits: header.bits };
  const decodeRow = stored.bits > 8 ? directRow(header) : paletteRow(bytes, header, stored.bits);
  const data = Buffer.allocUnsafe(size.width * size.height * 3);
  const turn = takingTurns();
  for (let y = 0; y < size.height; y += 1) {
    const row = stored.at + (topDown ? y : size.height - 1 - y) * stored.rowBytes;
    const to = y * size.width * 3;
    for (let x = 0; x < size.width; x += SLICE_PIXELS) {
      decodeRow(data, to + x * 3, stored.rows, row, x, Math.min(size.width, x + SLICE_PIXELS));
      await turn();
    }
  }
  return data;
}

/** Runs as rows of a byte a pixel. */
async function indices(bytes: Buffer, header: BitmapHeader) {
  const { width, height } = header.size;
  const rows = Buffer.alloc(width * height);
  await readRuns(bytes, header, rows);
  return { rows, at: 0, rowBytes: width, bits: 8 };
}

/** Decodes the pixels of a stored row from a column up to another. */
type DecodeRow = (data: Buffer, to: number, rows: Buffer, row: number, from: number, end: number) => void;

/** A colour in each pixel, little endian, in whole bytes or in fields of bits. */
function directRow({ bits, masks }: BitmapHeader): DecodeRow {
  const pixelBytes = bits / 8;
  const inBytes = masks.every((mask, index) => mask === 0xff0000 >> (8 * index));
  const [red, green, blue] = inBytes ? [] : masks.map(fieldOf);
  return (data, to, rows, row, from, end) => {
    let at = row + from * pixelBytes;
    for (let x = from; x < end; x += 1, at += pixelBytes, to += 3) {
      if (red && green && blue) {
        const pixel = rows.readUIntLE(at, pixelBytes);
        data[to] = red(pixel);
        data[to + 1] = green(pixel);
        data[to + 2] = blue(pixel);
      } else {
        data[to] = rows[at + 2] ?? 0;
        data[to + 1] = rows[at + 1] ?? 0;
        data[to + 2] = rows[at] ?? 0;
      }
    }
  };
}

/** From nought to 255, whatever number of bits the field has. */
function fieldOf(mask: number): (pixel: number) => number {
  const lowest = mask & -mask;
  const shift = 31 - Math.clz32(lowest);
  const most = mask === 0 ? 1 : mask >>> shift;
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / most);
}

/** Numbers of colours, the leftmost in the highest bits of a byte; black where the palette has none of that number. */
function paletteRow(bytes: Buffer, { palette }: BitmapHeader, bits: number): DecodeRow {
  const colours = new Uint8Array(3 * 2 ** bits);
  for (let index = 0; index < 3 * palette.colours; index += 1) {
    const entry = palette.at + Math.floor(index / 3) * palette.entryBytes;
    colours[index] = bytes[entry + 2 - (index % 3)] ?? 0;
  }
  const mask = 2 ** bits - 1;
  return (data, to, rows, row, from, end) => {
    for (let x = from; x < end; x += 1, to += 3) {
      const bit = x * bits;
      const colour = 3 * (((rows[row + Math.floor(bit / 8)] ?? 0) >> (8 - bits - (bit & 7))) & mask);
      data[to] = colours[colour] ?? 0;
      data[to + 1] = colours[colour + 1] ?? 0;
      data[to + 2] = colours[colour + 2] ?? 0;
    }
  };
}
