import { KeylessError } from '../../errors/errors.ts';
import type { Size } from '../limits.ts';
import { type Outline, UPRIGHT } from './outline.ts';
import { readRuns } from './runs.ts';

/** What the headers of a bitmap tell. */
export type BitmapHeader = {
  /** Of a width of at least 1, and perhaps no rows. */
  size: Size;
  topDown: boolean;
  bits: number;
  /** Runs of numbers of colours (RLE4, RLE8) in place of rows. */
  inRuns: boolean;
  /** Where the first stored row is, and how many bytes each takes; no row where they are runs. */
  pixels: { at: number; rowBytes: number };
  palette: { at: number; entryBytes: 3 | 4; colours: number };
  /** Which bits of a pixel without palette are red, green and blue. */
  masks: readonly [number, number, number];
};

/** BITMAPCOREHEADER and its like of OS/2, BITMAPINFOHEADER without and with masks, OS/2 2.x, V4 and V5. */
const CORE = 12;
const INFO = 40;
const OS2 = 64;
const GENERATIONS = [CORE, 16, INFO, 52, 56, OS2, 108, 124];
/** Bits a pixel by the method of compression: none, RLE8, RLE4, bit fields, and those with alpha, which is not used. */
const BITS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 4, 8, 16, 24, 32],
  1: [8],
  2: [4],
  3: [16, 32],
  6: [16, 32],
};
const FIELDS = [3, 6];
const MASKS = { 16: [0x7c00, 0x3e0, 0x1f], 32: [0xff0000, 0xff00, 0xff] } as const;

/**
 * Reads every generation of headers: https://learn.microsoft.com/windows/win32/gdi/bitmap-header-types
 * Undefined where it is cut off; throws ImageUndecodable where nobody can tell colours by it.
 */
export function readBitmapHeader(bytes: Buffer): BitmapHeader | undefined {
  const length = bytes.length < 18 ? CORE : bytes.readUInt32LE(14);
  if (!GENERATIONS.includes(length)) throw unreadable(`its header is of no known length, ${length} bytes`);
  if (bytes.length < 14 + length) return undefined;
  const core = length === CORE;
  const width = core ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const rows = core ? bytes.readUInt16LE(20) : bytes.readInt32LE(22);
  const bits = bytes.readUInt16LE(core ? 24 : 28);
  const method = length < INFO ? 0 : bytes.readUInt32LE(30);
  const inFields = FIELDS.includes(method);
  // of OS/2 3 and 4 mean something else
  const known = BITS[method];
  if (!known || (inFields && length === OS2)) throw unreadable(`it is compressed (method ${method})`);
  if (!known.includes(bits)) throw unreadable(`it has ${bits} bits a pixel (method ${method})`);
  if (inFields && bytes.length < 66) return undefined;
  const told = bytes.readUInt32LE(10);
  const [at, entryBytes] = [14 + length, core ? 3 : 4] as const;
  const used = length < INFO ? 0 : bytes.readUInt32LE(46);
  const most = bits > 8 ? 0 : Math.min(used || 256, 2 ** bits);
  const colours = told > at ? Math.min(most, Math.floor((told - at) / entryBytes)) : most;
  const mask = (index: number) => bytes.readUInt32LE(54 + index * 4);
  return {
    size: { width, height: Math.abs(rows) },
    topDown: rows < 0,
    bits,
    inRuns: method === 1 || method === 2,
    pixels: { at: told || at + most * entryBytes, rowBytes: Math.ceil((width * bits) / 32) * 4 },
    palette: { at, entryBytes, colours },
    masks: inFields ? [mask(0), mask(1), mask(2)] : MASKS[bits === 16 ? 16 : 32],
  };
}

/** Its pixels have a place and a size, or are runs to their end: nothing is left to find out by decoding. */
export async function outlineBmp(bytes: Buffer): Promise<Outline> {
  const header = readBitmapHeader(bytes);
  if (!header) return { orientation: UPRIGHT, end: 'early' };
  const { size, inRuns, pixels } = header;
  if (size.width <= 0) return { orientation: UPRIGHT, end: 'seen' };
  const whole = inRuns
    ? await readRuns(bytes, header)
    : bytes.length >= pixels.at + pixels.rowBytes * size.height;
  return { size, orientation: UPRIGHT, end: whole ? 'seen' : 'early', decoded: { indexed: inRuns } };
}

const unreadable = (why: string): KeylessError =>
  new KeylessError(
    'ImageUndecodable',
    `Expected a BMP of 1, 4, 8, 16, 24 or 32 bits a pixel, plain, in bit fields, RLE4 or RLE8; ${why}.`,
  );
