import type { Colour } from './painted.ts';

/** Rows from the top. */
export type Rows = readonly (readonly Colour[])[];
export type Variant = {
  bits: 1 | 4 | 8 | 16 | 24 | 32;
  header?: 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124;
  topDown?: boolean;
  /** BI_RLE8, BI_RLE4, BI_BITFIELDS, BI_ALPHABITFIELDS; 0 is without compression. */
  method?: 0 | 1 | 2 | 3 | 6;
  masks?: readonly [number, number, number];
};

const FIVE_FIVE_FIVE = [0x7c00, 0x3e0, 0x1f] as const;
const BYTES = [0xff0000, 0xff00, 0xff] as const;
export const FIVE_SIX_FIVE = [0xf800, 0x7e0, 0x1f] as const;

/** A bitmap of these colours, as the page on its headers has it: https://learn.microsoft.com/windows/win32/gdi/bitmap-header-types */
export function bitmapOf(
  rows: Rows,
  { bits, header = 40, topDown = false, method = 0, masks }: Variant,
): Buffer {
  const [width, height] = [rows[0]?.length ?? 0, rows.length];
  const palette =
    bits > 8 ? [] : [...new Map(rows.flat().map((colour) => [String(colour), colour])).values()];
  const fields = method === 3 || method === 6;
  const used = masks ?? (bits === 16 ? FIVE_FIVE_FIVE : BYTES);
  const entryBytes = header === 12 ? 3 : 4;
  const numberOf = (colour: Colour): number => {
    if (bits <= 8) return palette.findIndex((each) => String(each) === String(colour));
    return colour.reduce((sum, value, index) => sum + scaled(value, used[index] ?? 0), 0);
  };
  const stored = (topDown ? rows : rows.toReversed()).map((row) => row.map(numberOf));
  const pixels =
    method === 1 || method === 2
      ? runs(stored, bits === 4)
      : Buffer.concat(stored.map((row) => packed(row, bits)));
  const told = bits <= 8 && header === 12 ? 2 ** bits : palette.length;
  const masksBytes = fields && header === 40 ? 12 : 0;
  const first = 14 + header + masksBytes + told * entryBytes;
  const bytes = Buffer.alloc(first);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(first + pixels.length, 2);
  bytes.writeUInt32LE(first, 10);
  bytes.writeUInt32LE(header, 14);
  if (header === 12)
    for (const [index, value] of [width, height, 1, bits].entries())
      bytes.writeUInt16LE(value, 18 + index * 2);
  else {
    bytes.writeInt32LE(width, 18);
    bytes.writeInt32LE(topDown ? -height : height, 22);
    bytes.writeUInt16LE(1, 26);
    bytes.writeUInt16LE(bits, 28);
  }
  if (header >= 40) {
    bytes.writeUInt32LE(method, 30);
    bytes.writeUInt32LE(pixels.length, 34);
    bytes.writeUInt32LE(palette.length, 46);
  }
  if (fields) for (const [index, mask] of used.entries()) bytes.writeUInt32LE(mask, 54 + index * 4);
  for (const [index, colour] of palette.entries())
    bytes.set(colour.toReversed(), 14 + header + masksBytes + index * entryBytes);
  return Buffer.concat([bytes, pixels]);
}

/** A byte in the bits of a mask. */
function scaled(value: number, mask: number): number {
  const lowest = 2 ** [...mask.toString(2)].reverse().indexOf('1');
  return Math.round((value * (mask / lowest)) / 255) * lowest;
}

function packed(row: readonly number[], bits: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil((row.length * bits) / 32) * 4);
  if (bits > 8) for (const [x, value] of row.entries()) bytes.writeUIntLE(value, (x * bits) / 8, bits / 8);
  else {
    const text = row.map((value) => value.toString(2).padStart(bits, '0')).join('');
    for (const [index, byte] of (text.match(/.{1,8}/gu) ?? []).entries())
      bytes[index] = Number.parseInt(byte.padEnd(8, '0'), 2);
  }
  return bytes;
}

/** Rows as runs and, every other one, as they are. */
function runs(stored: readonly (readonly number[])[], half: boolean): Buffer {
  const bytes: number[] = [];
  for (const [y, row] of stored.entries()) {
    if (y % 2 === 1 && row.length >= 3 && row.length <= 255) {
      const body = half ? [...packed(row, 4).subarray(0, Math.ceil(row.length / 2))] : [...row];
      bytes.push(0, row.length, ...body, ...(body.length % 2 === 1 ? [0] : []));
    } else for (const value of row) bytes.push(1, half ? value << 4 : value);
    bytes.push(0, 0);
  }
  return Buffer.from([...bytes, 0, 1]);
}
