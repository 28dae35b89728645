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
/**
 * Bytes that a value takes, by the number of its type (TIFF 6.0, section 2, and BigTIFF): BYTE, ASCII, SHORT, LONG, their
 * signed kin, IFD and the LONG8s. What is read is never negative where it means something.
 */
const VALUE_BYTES: Readonly<Record<number, 1 | 2 | 4 | 8>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4, 13: 4, 16: 8, 17: 8, 18: 8 },
};
/** Bytes that counts, entries and places take, in files up to 4 GB and in BigTIFF. */
const CLASSIC = { first: 4, count: 2, entry: 12, place: 4 } as const;
const BIG = { first: 8, count: 8, entry: 20, place: 8 } as const;

type Reader = {
  layout: typeof CLASSIC | typeof BIG;
  read(at: number, length: 1 | 2 | 4 | 8): number | undefined;
};

/** Reads numbers in the byte order that the file tells; undefined beyond its end. */
function reader(bytes: Buffer): Reader | undefined {
  const order = bytes.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') return undefined;
  const read: Reader['read'] = (at, length) => {
    if (at + length > bytes.length) return undefined;
    if (length === 8) return Number(order === 'II' ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    return order === 'II' ? bytes.readUIntLE(at, length) : bytes.readUIntBE(at, length);
  };
  return { read, layout: read(2, 2) === 43 ? BIG : CLASSIC };
}

/** A directory of a TIFF in either byte order, which EXIF blocks are too: the first one, or the one at a place. */
export function readDirectory(bytes: Buffer, place?: number): Directory | undefined {
  const found = reader(bytes);
  if (!found) return undefined;
  const { read, layout } = found;
  const start = place ?? read(layout.first, layout.place) ?? bytes.length;
  const count = read(start, layout.count);
  if (count === undefined) return undefined;
  const entries: Directory['entries'] = new Map();
  for (let index = 0; index < Math.min(count, MOST_ENTRIES); index += 1) {
    const at = start + layout.count + index * layout.entry;
    const tag = read(at, 2);
    const length = VALUE_BYTES[read(at + 2, 2) ?? 0];
    if (tag === undefined) break;
    if (length === undefined) continue;
    const values = read(at + 4, layout.place) ?? 0;
    const inside = at + 4 + layout.place;
    const from = values * length <= layout.place ? inside : (read(inside, layout.place) ?? bytes.length);
    entries.set(tag, {
      count: values,
      at: (nth) => (nth < values ? read(from + nth * length, length) : undefined),
    });
  }
  const end = start + layout.count + count * layout.entry;
  return { entries, next: read(end, layout.place) ?? 0, whole: end <= bytes.length };
}

/** Where the directories are that follow one another from a place; it ends where they go in a circle, and above `most`. */
export function placesFrom(bytes: Buffer, first: number, most: number): Set<number> {
  const found = reader(bytes);
  const seen = new Set<number>();
  for (let place = first; found && place > 0 && !seen.has(place) && seen.size <= most; ) {
    const { read, layout } = found;
    const count = read(place, layout.count);
    if (count === undefined) break;
    seen.add(place);
    place = read(place + layout.count + count * layout.entry, layout.place) ?? 0;
  }
  return seen;
}

const ORIENTATION = 0x0112;

/** The orientation, 1 to 8, that a directory tells; 1 where it tells none, or none that can be read. */
export function orientationIn(directory: Directory | undefined): number {
  const told = directory?.entries.get(ORIENTATION)?.at(0) ?? UPRIGHT;
  return told >= 1 && told <= 8 ? told : UPRIGHT;
}

/** The orientation that an EXIF block tells, which is a small TIFF. */
export const orientationOf = (exif: Buffer): number => orientationIn(readDirectory(exif));
