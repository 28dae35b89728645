import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fitPicture } from '../../../src/pictures/fit.ts';
import { wholePictures } from '../../support/mutatedPictures.ts';
import { runs } from '../../support/runs.ts';
import { animation, bitmap } from '../files.ts';
import { CLASSIFY, noise, verdict } from '../painted.ts';

const [WIDTH, HEIGHT] = [12, 8];
const small = () => noise(WIDTH, HEIGHT);

/** Whether sharp decodes it where it forgives no missing data. */
const decodes = (bytes: Buffer): Promise<boolean> =>
  sharp(bytes, { failOn: 'error' })
    .raw()
    .toBuffer()
    .then(
      () => true,
      () => false,
    );

const made: [string, () => Promise<Buffer>][] = [
  ['baseline JPEG', () => small().jpeg().toBuffer()],
  ['progressive JPEG', () => small().jpeg({ progressive: true }).toBuffer()],
  ['PNG', () => small().png().toBuffer()],
  ['interlaced PNG', () => small().png({ progressive: true }).toBuffer()],
  ['GIF', () => small().gif({ colours: 8 }).toBuffer()],
  ['animated GIF', () => animation(4, 3)],
  ['WebP', () => small().webp().toBuffer()],
  ['lossless WebP', () => small().ensureAlpha(0.5).webp({ lossless: true }).toBuffer()],
  ['AVIF', () => small().avif({ effort: 0 }).toBuffer()],
  ['TIFF', () => small().tiff({ compression: 'lzw' }).toBuffer()],
];

describe('a picture that is cut', () => {
  it.each(made)('anywhere is refused or taken as the strict decoder decides: %s', async (_name, make) => {
    const whole = await make();
    expect(await verdict(whole)).toBe('fit');
    for (let length = 1; length < whole.length; length += 1) {
      const bytes = whole.subarray(0, length);
      const said = await verdict(bytes);
      expect([length, said === 'fit']).toEqual([length, await decodes(bytes)]);
      expect(said).toMatch(/^(fit|ImageTruncated|ImageTypeUnsupported)$/u);
    }
  });

  it('is refused as a bitmap, which has no end mark but a size', async () => {
    const whole = bitmap(9, 7);
    for (let length = 18; length < whole.length; length += 1)
      expect([length, await verdict(whole.subarray(0, length))]).toEqual([length, 'ImageTruncated']);
    expect(await verdict(whole)).toBe('fit');
  });
});

const insert = (bytes: Buffer, at: number, hex: string): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(hex, 'hex'), bytes.subarray(at)]);
const append = (bytes: Buffer, text: string): Buffer => insert(bytes, bytes.length, text);
const withoutLast = (bytes: Buffer, count: number): Buffer => bytes.subarray(0, bytes.length - count);
const jpeg = () => small().jpeg().toBuffer();
const gif = () => small().gif().toBuffer();
const avif = () => small().avif({ effort: 0 }).toBuffer();
/** Where the first segment ends. */
const second = (bytes: Buffer): number => 4 + bytes.readUInt16BE(4);

describe('a picture that is written oddly, but that decoders read', () => {
  it.each<[string, () => Promise<Buffer>]>([
    ['JPEG with fill bytes before its first marker', async () => insert(await jpeg(), 2, 'ffffff')],
    ['JPEG with a fill byte before a later one', async () => jpeg().then((b) => insert(b, second(b), 'ff'))],
    ['JPEG with stray bytes after its start', async () => insert(await jpeg(), 2, '00a1b2')],
    [
      'JPEG with stray bytes between segments',
      async () => jpeg().then((b) => insert(b, second(b), '01020304')),
    ],
    [
      'JPEG with its frame header far behind',
      async () => jpeg().then((b) => insert(b, second(b), `ffe4ffff${'00'.repeat(65_533)}`.repeat(40))),
    ],
    ['JPEG with data behind its end', async () => append(await jpeg(), '00'.repeat(50))],
    [
      'JPEG without its end mark, but with data behind',
      async () => append(withoutLast(await jpeg(), 2), '00'.repeat(1_000)),
    ],
    ['PNG with data behind its end', async () => append(await small().png().toBuffer(), '0d0a')],
    ['PNG without its last chunk', async () => withoutLast(await small().png().toBuffer(), 12)],
    ['GIF without its trailer', async () => withoutLast(await gif(), 1)],
    [
      'animated GIF whose later images are damaged',
      async () => {
        const bytes = await animation(WIDTH, HEIGHT);
        const at = Math.floor(bytes.length * 0.6);
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 9)]);
      },
    ],
    ['GIF with a nought for its trailer', async () => append(withoutLast(await gif(), 1), '0000')],
    [
      'animated GIF cut behind its first image',
      async () => animation(WIDTH, HEIGHT).then((b) => withoutLast(b, 60)),
    ],
    ['AVIF with a line end behind its last box', async () => append(await avif(), '0d0a')],
    ['AVIF with words behind its last box', async () => append(await avif(), '2d2d20626f756e64617279')],
    [
      'AVIF that calls itself a sequence',
      async () => {
        const bytes = await avif();
        bytes.write('avis', 8, 'latin1');
        return bytes;
      },
    ],
  ])('is scored: %s', async (_name, make) => {
    const { picture, parts } = await fitPicture(await make(), CLASSIFY);
    expect(picture).toMatchObject({ width: WIDTH, height: HEIGHT });
    const sent = parts[0]?.bytes ?? Buffer.alloc(0);
    expect(await sharp(sent, { failOn: 'error' }).metadata()).toMatchObject({ width: WIDTH, height: HEIGHT });
    expect(await decodes(sent)).toBe(true);
  });

  it('is scored whatever lies behind its end', async () => {
    const wholes = await wholePictures();
    const tail = fc.uint8Array({ minLength: 1, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...wholes), tail, async ({ format, bytes }, behind) => {
        expect([format, await verdict(Buffer.concat([bytes, behind]))]).toEqual([format, 'fit']);
      }),
      { numRuns: runs(25) },
    );
  });

  it('is made whole before it is sent where its end mark is missing', async () => {
    const { sent, parts } = await fitPicture(withoutLast(await gif(), 1), CLASSIFY);
    expect(sent.steps).toContain('completed, for its end mark is missing');
    expect(parts[0]?.bytes.subarray(-2).toString('hex')).toBe('ffd9');
  });

  it('is refused by the decoder’s word where more than the mark is missing', async () => {
    const whole = await jpeg(); // of grain: its last bits alone may be padding, half of it is not
    expect(await verdict(whole.subarray(0, whole.length / 2))).toBe('ImageTruncated');
  });

  it.each([12, 40, 52, 56, 64, 108, 124])('has its size in a bitmap header of %i bytes', async (length) => {
    const [old, gap] = [bitmap(9, 7), Math.max(0, length - 40)];
    const bytes = Buffer.concat([old.subarray(0, 54), Buffer.alloc(gap), old.subarray(54)]);
    bytes.writeUInt32LE(length, 14);
    bytes.writeUInt32LE(bytes.readUInt32LE(10) + gap, 10);
    if (length === 12) bytes.set(Buffer.from('0900070001001800', 'hex'), 18);
    const { sent } = await fitPicture(bytes, CLASSIFY);
    expect(sent).toMatchObject({ steps: [], width: 9, height: 7 });
  });
});
