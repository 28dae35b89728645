import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { decodeBitmap } from '../../src/pictures/bitmap.ts';
import { lookAt } from '../../src/pictures/look/look.ts';
import { LONGEST_BLOCK_MS, longestBlock } from '../support/longestBlock.ts';
import { part } from '../support/mutatedPictures.ts';
import { readBySpec } from './bitmapSpec.ts';
import { bitmapOf, FIVE_SIX_FIVE, type Rows, type Variant } from './bitmaps.ts';
import type { Colour } from './painted.ts';

const COLOURS: readonly Colour[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
  [0, 0, 0],
  [255, 0, 255],
];
const MOST_COMPARED = 100_000;
const HEADERS = [12, 16, 40, 52, 56, 64, 108, 124] as const;
const KINDS: readonly Variant[] = [
  { bits: 1 },
  { bits: 4 },
  { bits: 8 },
  { bits: 16 },
  { bits: 24 },
  { bits: 32 },
  { bits: 8, method: 1 },
  { bits: 4, method: 2 },
  { bits: 16, method: 3, masks: FIVE_SIX_FIVE },
  { bits: 32, method: 3 },
  { bits: 32, method: 3, masks: [0x3ff00000, 0xffc00, 0x3ff] },
  { bits: 16, method: 6, masks: [0xf00, 0xf0, 0xf] },
];
const fields = ({ method = 0 }: Variant) => method === 3 || method === 6;
const fits = (kind: Variant, header: number) =>
  ((kind.method ?? 0) === 0 || header >= 40) && !(fields(kind) && header === 64);
const VARIANTS = KINDS.flatMap((kind) =>
  HEADERS.filter((header) => fits(kind, header)).flatMap((header) => [
    { ...kind, header },
    ...(header === 12 ? [] : [{ ...kind, header, topDown: true }]),
  ]),
);
const titleOf = ({ bits, method, header, topDown, masks }: Variant) =>
  `${bits} bits, method ${method ?? 0}${masks ? ' of own masks' : ''}, header of ${header} bytes${topDown ? ', top-down' : ''}`;

/** Five columns and three rows; of one bit two colours. */
const pattern = (bits: number): Rows =>
  Array.from({ length: 3 }, (_, y) =>
    Array.from({ length: 5 }, (_, x) => COLOURS[(y * 5 + x) % (bits === 1 ? 2 : 6)] ?? [0, 0, 0]),
  );

/** The colours in a row, or why there are none. */
async function readByApp(bytes: Buffer): Promise<string> {
  try {
    await lookAt(bytes);
    return (await decodeBitmap(bytes)).toString('hex');
  } catch (error) {
    if (!(error instanceof KeylessError)) throw error;
    return { ImageTruncated: 'cut off', ImageUndecodable: 'not read' }[String(error.code)] ?? error.code;
  }
}

function inARow(read: ReturnType<typeof readBySpec>): string {
  if (typeof read === 'string') return read;
  const { width, height, colourAt } = read;
  const places = Array.from({ length: width * height }, (_, index) => [
    index % width,
    Math.floor(index / width),
  ]);
  return Buffer.from(places.flatMap(([x = 0, y = 0]) => colourAt(x, y))).toString('hex');
}

describe('a bitmap', () => {
  it.each(VARIANTS.map((variant) => ({ title: titleOf(variant), variant })))(
    'has its colours where they belong: $title',
    async ({ variant }) => {
      const rows = pattern(variant.bits);
      expect(await readByApp(bitmapOf(rows, variant))).toBe(Buffer.from(rows.flat(2)).toString('hex'));
    },
  );

  it('is read as the specification has it, whatever of it is changed or missing', async () => {
    const change = fc.tuple(part, fc.nat(255));
    const given = fc.record({
      variant: fc.constantFrom(...VARIANTS),
      changes: fc.array(change, { maxLength: 3 }),
      kept: fc.oneof(fc.constant(1), part),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ variant, changes, kept }) => {
        const whole = bitmapOf(pattern(variant.bits), variant);
        // the square puts most changes into the headers
        for (const [place, value] of changes)
          whole[18 + Math.floor(place ** 2 * (whole.length - 18))] = value;
        const bytes = whole.subarray(0, Math.max(18, Math.ceil(kept * whole.length)));
        const spec = readBySpec(bytes);
        // runs may leave nearly all of millions of pixels out: more of the same
        fc.pre(typeof spec === 'string' || spec.width * spec.height <= MOST_COMPARED);
        // what is cut off and not to be read besides has two reasons, either of which is right
        const refused = (said: string) =>
          kept < 1 && /^(?:cut off|not read)$/u.test(said) ? 'refused' : said;
        expect(refused(await readByApp(bytes))).toBe(refused(inARow(spec)));
      }),
      { numRuns: 1_500 },
    );
  });

  it.each<[string, Variant, number, number, string]>([
    ['two bits', { bits: 4 }, 28, 2, 'it has 2 bits a pixel'],
    ['a JPEG inside', { bits: 24 }, 30, 4, 'it is compressed (method 4)'],
    ['the RLE24 of OS/2', { bits: 24, header: 64 }, 30, 4, 'it is compressed (method 4)'],
    ['the Huffman code of OS/2', { bits: 1, header: 64 }, 30, 3, 'it is compressed (method 3)'],
    ['RLE8 of 24 bits', { bits: 24 }, 30, 1, 'it has 24 bits a pixel (method 1)'],
    ['an unknown header', { bits: 24 }, 14, 41, 'its header is of no known length'],
  ])('is refused with its reason: %s', async (_name, variant, at, value, reason) => {
    const bytes = bitmapOf(pattern(variant.bits), variant);
    bytes.writeUInt16LE(value, at);
    await expect(lookAt(bytes)).rejects.toThrow(
      expect.objectContaining({ code: 'ImageUndecodable', message: expect.stringContaining(reason) }),
    );
  });

  it('keeps colour 0 where its runs leave pixels out, by a move or an early end', async () => {
    const bytes = bitmapOf(pattern(8), { bits: 8, method: 1 });
    const first = bytes.readUInt32LE(10);
    const moved = Buffer.concat([bytes.subarray(0, first), Buffer.from('00020201' + '0301' + '0001', 'hex')]);
    const [red, green] = ['ff0000', '00ff00'];
    expect(await readByApp(moved)).toBe(red.repeat(5) + red.repeat(2) + green.repeat(3) + red.repeat(5));
  });

  it.each<[string, number, number, () => Buffer]>([
    ['wide', 6_400, 6_400, () => Buffer.alloc(800 * 6_400, 0x5a)],
    ['of one long row', 20_000_000, 1, () => Buffer.alloc(2_500_000, 0x5a)],
  ])(
    'of millions of pixels is decoded without holding the event loop: %s',
    async (_name, width, height, pixels) => {
      const bytes = Buffer.concat([bitmapOf(pattern(1), { bits: 1 }).subarray(0, 62), pixels()]);
      bytes.writeInt32LE(width, 18);
      bytes.writeInt32LE(height, 22);
      let decoded = 0;
      const block = await longestBlock(async () => {
        decoded = (await decodeBitmap(bytes)).length;
      });
      expect(decoded).toBe(width * height * 3);
      expect(block).toBeLessThan(LONGEST_BLOCK_MS);
    },
  );

  it.each([
    ['runs of 255', 'ff01'],
    ['runs of one', '0101'],
    ['ends of rows', '0000'],
    ['moves by nothing', '00020000'],
    ['bytes as they are', `00ff${'01'.repeat(256)}`],
  ])('in 4 MiB of runs is gone over without holding the event loop: %s', async (_name, unit) => {
    const head = bitmapOf(pattern(8), { bits: 8, method: 1 });
    const bytes = Buffer.concat([
      head.subarray(0, head.readUInt32LE(10)),
      Buffer.alloc(4 * 2 ** 20, Buffer.from(unit, 'hex')),
    ]);
    bytes.writeInt32LE(2_000, 18);
    bytes.writeInt32LE(2_000, 22);
    const block = await longestBlock(async () => {
      await lookAt(bytes);
      await decodeBitmap(bytes);
    });
    expect(block).toBeLessThan(LONGEST_BLOCK_MS);
  });
});
