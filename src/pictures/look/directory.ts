import { UPRIGHT } from './outline.ts';

/** Values that are numbers; undefined where one is outside the file. */
type Entry = { count: number; at(index: number): number | undefined };
export type Directory = {
  entries: Map<number, Entry>;
  /** Where the next one is; 0 where none is. */
  next: number;
  /** Whether all of it is inside the file. */
  whole: boolean;
};

/** More than any writer puts into one directory. */
const MOST_ENTRIES = 1_024;
/** Bytes that a value takes, by the number of its type (TIFF 6.0, section 2): BYTE, SHORT, LONG and IFD are read. */
const VALUE_BYTES: Readonly<Record<number, 1 | 2 | 4>> = { 1: 1, 3: 2, 4: 4, 13: 4 };

type Read = (at: number, length: 1 | 2 | 4) => number | undefined;

/** Reads numbers in the byte order that the file tells; undefined beyond its end. */
function reader(bytes: Buffer): Read | undefined {
  const order = bytes.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') return undefined;
  return (at, length) => {
    if (at + length > bytes.length) return undefined;
    return order === 'II' ? bytes.readUIntLE(at, length) : bytes.readUIntBE(at, length);
  };
}

/** A directory of a TIFF in either byte order, which EXIF blocks are too: the first one, or the one at a place. */
export function readDirectory(bytes: Buffer, place?: number): Directory | undefined {
  const read = reader(bytes);
  if (!read) return undefined;
  const start = place ?? read(4, 4) ?? bytes.length;
  const count = read(start, 2);
  if (count === undefined) return undefined;
  const entries: Directory['entries'] = new Map();
  for (let index = 0; index < Math.min(count, MOST_ENTRIES); index += 1) {
    const at = start + 2 + index * 12;
    const tag = read(at, 2);
    const length = VALUE_BYTES[read(at + 2, 2) ?? 0];
    if (tag === undefined) break;
    if (length === undefined) continue;
    const values = read(at + 4, 4) ?? 0;
    const from = values * length <= 4 ? at + 8 : (read(at + 8, 4) ?? bytes.length);
    entries.set(tag, {
      count: values,
      at: (nth) => (nth < values ? read(from + nth * length, length) : undefined),
    });
  }
  const end = start + 2 + count * 12;
  return { entries, next: read(end, 4) ?? 0, whole: end <= bytes.length };
}

/** How many directories follow the one that tells the first place; it ends where they go in a circle, and above `most`. */
export function countDirectories(bytes: Buffer, first: number, most: number): number {
  const read = reader(bytes);
  const seen = new Set<number>();
  for (let place = first; place > 0 && !seen.has(place) && seen.size <= most; ) {
    const count = read?.(place, 2);
    if (count === undefined) break;
    seen.add(place);
    place = read?.(place + 2 + count * 12, 4) ?? 0;
  }
  return seen.size;
}

const ORIENTATION = 0x0112;

/** The orientation, 1 to 8, that a directory tells; 1 where it tells none, or none that can be read. */
export function orientationIn(directory: Directory | undefined): number {
  const told = directory?.entries.get(ORIENTATION)?.at(0) ?? UPRIGHT;
  return told >= 1 && told <= 8 ? told : UPRIGHT;
}

/** The orientation that an EXIF block tells, which is a small TIFF. */
export const orientationOf = (exif: Buffer): number => orientationIn(readDirectory(exif));
