/** Rows from the top, each pixel red, green, blue. */
export type Pixels = readonly (readonly (readonly [number, number, number])[])[];

/** Writes a BMP file, with rows padded to four bytes as the format wants it. */
export function bitmapFile(pixels: Pixels, bits: 24 | 32, topDown = false): Buffer {
  const width = pixels[0]?.length ?? 0;
  const padding = bits === 24 ? (4 - ((width * 3) % 4)) % 4 : 0;
  const rows = (topDown ? pixels : pixels.toReversed()).map((row) => [
    ...row.flatMap(([red, green, blue]) => (bits === 24 ? [blue, green, red] : [blue, green, red, 0])),
    ...Array<number>(padding).fill(0xee),
  ]);
  const head = Buffer.alloc(54);
  head.write('BM');
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(topDown ? -pixels.length : pixels.length, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(bits, 28);
  return Buffer.concat([head, Buffer.from(rows.flat())]);
}
