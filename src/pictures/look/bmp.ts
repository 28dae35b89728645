import type { Size } from '../limits.ts';
import { type Outline, UPRIGHT } from './outline.ts';

/** What the headers of a bitmap tell. */
export type BitmapHeader = {
  /** Of a width of at least 1, and perhaps no rows. */
  size: Size;
  topDown: boolean;
  bits: number;
  /** 0 and 3 are uncompressed, 3 with masks. */
  compression: number;
  /** Where the first stored row is, and how many bytes the stored pixels take; what is compressed tells it, or 0. */
  pixels: { at: number; bytes: number; rowBytes: number };
  palette: { at: number; entryBytes: 3 | 4 };
};

/** BITMAPCOREHEADER and its like of OS/2, BITMAPINFOHEADER without and with masks, OS/2 2.x, V4 and V5. */
const CORE = 12;
const GENERATIONS = [CORE, 16, 40, 52, 56, 64, 108, 124];

/** Reads every generation of headers: https://learn.microsoft.com/windows/win32/gdi/bitmap-header-types */
export function readBitmapHeader(bytes: Buffer): BitmapHeader | undefined {
  if (bytes.length < 14 + CORE) return undefined;
  const headerBytes = bytes.readUInt32LE(14);
  if (!GENERATIONS.includes(headerBytes) || bytes.length < 14 + headerBytes) return undefined;
  const core = headerBytes === CORE;
  const width = core ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const rows = core ? bytes.readUInt16LE(20) : bytes.readInt32LE(22);
  const bits = bytes.readUInt16LE(core ? 24 : 28);
  const brief = headerBytes < 40;
  const compression = brief ? 0 : bytes.readUInt32LE(30);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const height = Math.abs(rows);
  const packed = compression !== 0 && compression !== 3;
  return {
    size: { width, height },
    topDown: rows < 0,
    bits,
    compression,
    pixels: {
      at: bytes.readUInt32LE(10),
      bytes: packed ? bytes.readUInt32LE(34) : rowBytes * height,
      rowBytes,
    },
    palette: { at: 14 + headerBytes, entryBytes: core ? 3 : 4 },
  };
}

/** Its pixels have a place and a size, so there is no doubt about its end. */
export function outlineBmp(bytes: Buffer): Outline {
  const header = readBitmapHeader(bytes);
  const size = header && header.size.width > 0 ? header.size : undefined;
  const whole = header && bytes.length >= header.pixels.at + header.pixels.bytes;
  const short = bytes.length < 14 + 124 && !header;
  return { size, orientation: UPRIGHT, end: whole || (!header && !short) ? 'seen' : 'early' };
}
