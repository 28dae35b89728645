import { takingTurns } from '../turns.ts';
import type { BitmapHeader } from './bmp.ts';

/** What is said after a nought: https://learn.microsoft.com/windows/win32/gdi/bitmap-compression */
const END_OF_ROW = 0;
const END_OF_PICTURE = 1;
const MOVE = 2;
/** Read between two looks at the clock. */
const SLICE = 4_096;

/**
 * Goes over the runs of a bitmap in RLE4 or RLE8, and puts the number of each pixel’s colour, rows as stored, into `into`:
 * what runs over a row is cut, what is left out stays as it was. False where the file ends before its picture does.
 */
export async function readRuns(bytes: Buffer, header: BitmapHeader, into?: Buffer): Promise<boolean> {
  const { width, height } = header.size;
  const half = header.bits === 4;
  const turn = takingTurns();
  let [at, x, y] = [header.pixels.at, 0, 0];

  /** Of 4 bits the first is in the higher half of a byte. */
  const paint = (count: number, byteOf: (index: number) => number) => {
    const end = Math.min(count, width - x);
    for (let index = 0; into && index < end; index += 1) {
      const byte = byteOf(half ? index >> 1 : index);
      into[y * width + x + index] = !half ? byte : index % 2 === 0 ? byte >> 4 : byte & 15;
    }
    x += count;
  };

  for (let count = 1; at + 2 <= bytes.length && y < height; count += 1) {
    const [length, value] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
    at += 2;
    if (length > 0) paint(length, () => value);
    else if (value === END_OF_PICTURE) return true;
    else if (value === END_OF_ROW) [x, y] = [0, y + 1];
    else if (value === MOVE) {
      if (at + 2 > bytes.length) break;
      [x, y] = [x + (bytes[at] ?? 0), y + (bytes[at + 1] ?? 0)];
      at += 2;
    } else {
      const from = at;
      const taken = half ? Math.ceil(value / 2) : value;
      if (from + taken > bytes.length) break;
      paint(value, (index) => bytes[from + index] ?? 0);
      at += taken + (taken % 2);
    }
    if (count % SLICE === 0) await turn();
  }
  return y >= height || (y === height - 1 && x >= width);
}
