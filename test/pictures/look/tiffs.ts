import type { Sharp } from 'sharp';

type Entry = { tag: number; type: number; count: number; value: number };
const WORDS: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8 };

const entriesOf = (bytes: Buffer): Entry[] => {
  const at = bytes.readUInt32LE(4);
  return Array.from({ length: bytes.readUInt16LE(at) }, (_, index) => {
    const place = at + 2 + index * 12;
    return {
      tag: bytes.readUInt16LE(place),
      type: bytes.readUInt16LE(place + 2),
      count: bytes.readUInt32LE(place + 4),
      value: bytes.readUInt32LE(place + 8),
    };
  });
};

/** The bytes of a little-endian TIFF with a directory of these entries at its end, which becomes the first. */
function withDirectory(
  bytes: Buffer,
  entries: readonly Entry[],
  first = true,
): { bytes: Buffer; at: number } {
  const at = bytes.length + (bytes.length % 2);
  const whole = Buffer.alloc(at + 2 + entries.length * 12 + 4);
  whole.set(bytes);
  whole.writeUInt16LE(entries.length, at);
  for (const [index, { tag, type, count, value }] of entries.toSorted((a, b) => a.tag - b.tag).entries()) {
    const place = at + 2 + index * 12;
    whole.writeUInt16LE(tag, place);
    whole.writeUInt16LE(type, place + 2);
    whole.writeUInt32LE(count, place + 4);
    whole.writeUInt32LE(value, place + 8);
  }
  if (first) whole.writeUInt32LE(at, 4);
  return { bytes: whole, at };
}

/** As sharp writes it, with entries of one number added or replaced. */
export async function tiffWith(changes: Readonly<Record<number, number>>, from: Sharp): Promise<Buffer> {
  const bytes = await from.tiff({ compression: 'none' }).toBuffer();
  const added = Object.entries(changes).map(([tag, value]) => ({
    tag: Number(tag),
    type: 4,
    count: 1,
    value,
  }));
  const kept = entriesOf(bytes).filter(({ tag }) => changes[tag] === undefined);
  return withDirectory(bytes, [...kept, ...added]).bytes;
}

/** A reduced version in the first directory, and the full picture in its subdirectory, as scanners and cameras write it. */
export async function tiffWithSubdirectory(reduced: Sharp, full: Sharp): Promise<Buffer> {
  const [small, large] = [await tiffWith({}, reduced), await tiffWith({}, full)];
  const moved = entriesOf(large).map((entry) => {
    const elsewhere = entry.count * (WORDS[entry.type] ?? 4) > 4 || entry.tag === 273;
    return elsewhere ? { ...entry, value: entry.value + small.length } : entry;
  });
  const joined = withDirectory(Buffer.concat([small, large]), moved, false);
  const own = entriesOf(small).filter(({ tag }) => tag !== 254);
  return withDirectory(joined.bytes, [
    ...own,
    { tag: 254, type: 4, count: 1, value: 1 },
    { tag: 330, type: 4, count: 1, value: joined.at },
  ]).bytes;
}
