import { describe, expect, it } from 'vitest';
import { decodeBitmap } from '../../src/pictures/bitmap.ts';
import { LONGEST_BLOCK_MS, longestBlock } from '../support/longestBlock.ts';

/** Three columns and two rows, from the top left. */
const COLOURS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
  [0, 0, 0],
  [10, 20, 30],
];
const [WIDTH, HEIGHT] = [3, 2];

/** A Windows bitmap of these colours; of up to 8 bits with as many of them as its palette holds. */
function bitmapOf(bits: number, { topDown = false, compression = 0, header = 40 } = {}): Buffer {
  const colours = bits <= 8 ? 2 ** bits : 0;
  const masks = compression === 3 ? 12 : 0;
  const entry = header === 12 ? 3 : 4;
  const rowBytes = Math.ceil((WIDTH * bits) / 32) * 4;
  const first = 14 + header + masks + colours * entry;
  const bytes = Buffer.alloc(first + rowBytes * HEIGHT);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(first, 10);
  bytes.writeUInt32LE(header, 14);
  if (header === 12) {
    bytes.writeUInt16LE(WIDTH, 18);
    bytes.writeUInt16LE(HEIGHT, 20);
    bytes.writeUInt16LE(1, 22);
    bytes.writeUInt16LE(bits, 24);
  } else {
    bytes.writeInt32LE(WIDTH, 18);
    bytes.writeInt32LE(topDown ? -HEIGHT : HEIGHT, 22);
    bytes.writeUInt16LE(1, 26);
    bytes.writeUInt16LE(bits, 28);
    bytes.writeUInt32LE(compression, 30);
  }
  for (const [index, mask] of [0xff0000, 0xff00, 0xff].entries()) {
    if (masks > 0) bytes.writeUInt32LE(mask, 54 + index * 4);
  }
  for (let index = 0; index < colours; index += 1) {
    bytes.set([...(COLOURS[index] ?? [0, 0, 0])].reverse(), 14 + header + index * entry);
  }
  for (let index = 0; index < WIDTH * HEIGHT; index += 1) {
    const [x, y] = [index % WIDTH, Math.floor(index / WIDTH)];
    const row = first + (topDown ? y : HEIGHT - 1 - y) * rowBytes;
    if (bits >= 24) {
      bytes.set([...(COLOURS[index] ?? [])].reverse(), row + x * (bits / 8));
    } else {
      const at = row + ((x * bits) >> 3);
      const shift = 8 - bits - ((x * bits) & 7);
      bytes[at] = (bytes[at] ?? 0) | ((index % colours) << shift);
    }
  }
  return bytes;
}

describe('a bitmap', () => {
  it.each<[string, Buffer, number]>([
    ['1 bit', bitmapOf(1), 2],
    ['4 bits', bitmapOf(4), 16],
    ['8 bits', bitmapOf(8), 256],
    ['24 bits', bitmapOf(24), 256],
    ['24 bits, from top to bottom', bitmapOf(24, { topDown: true }), 256],
    ['32 bits', bitmapOf(32), 256],
    ['32 bits with the usual masks', bitmapOf(32, { compression: 3 }), 256],
    ...[12, 52, 56, 64, 108, 124].map((header): [string, Buffer, number] => [
      `8 bits, a header of ${header} bytes`,
      bitmapOf(8, { header }),
      256,
    ]),
    ['24 bits, a header of 12 bytes', bitmapOf(24, { header: 12 }), 256],
  ])('has its colours where they belong: %s', async (_name, bytes, colours) => {
    const expected = COLOURS.flatMap((_, index) => COLOURS[index % colours]);
    expect([...(await decodeBitmap(bytes))]).toEqual(expected);
  });

  it.each([
    ['16 bits', 28, 16, 'it has 16 bits a pixel'],
    ['compressed', 30, 1, 'it is compressed (method 1)'],
    ['rows that are not there', 22, 3, 'its pixels are not all there'],
    ['an unknown header', 14, 41, 'its header is of no known length'],
  ])('is refused with its reason: %s', async (_name, at, value, reason) => {
    const bytes = bitmapOf(24);
    bytes.writeUInt16LE(value, at);
    await expect(decodeBitmap(bytes)).rejects.toThrow(
      expect.objectContaining({ code: 'ImageUndecodable', message: expect.stringContaining(reason) }),
    );
  });

  it.each([
    ['wide', 6_400, 6_400],
    ['of one long row', 20_000_000, 1],
  ])('of millions of pixels is decoded without holding the event loop: %s', async (_name, width, height) => {
    const rowBytes = Math.ceil(width / 32) * 4;
    const bytes = Buffer.alloc(62 + rowBytes * height, 0x5a);
    bitmapOf(1).copy(bytes, 0, 0, 62);
    bytes.writeInt32LE(width, 18);
    bytes.writeInt32LE(height, 22);
    let decoded = 0;
    const block = await longestBlock(async () => {
      decoded = (await decodeBitmap(bytes)).length;
    });
    expect(decoded).toBe(width * height * 3);
    expect(block).toBeLessThan(LONGEST_BLOCK_MS);
  });
});
