import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitPicture } from '../../src/pictures/fit.ts';
import { MAX_UPLOAD_BYTES } from '../../src/pictures/limits.ts';
import { runs } from '../support/runs.ts';
import { bitmap, pngOfSize, samples } from './files.ts';
import { CLASSIFY, noise, plain, TILES, verdict } from './painted.ts';

let others: { name: string; bytes: Buffer }[];
beforeAll(async () => {
  const small = () => noise(64, 48);
  others = [
    { name: 'WebP', bytes: await small().webp().toBuffer() },
    { name: 'AVIF', bytes: await small().avif({ effort: 0 }).toBuffer() },
    { name: 'TIFF', bytes: await small().tiff({ compression: 'lzw' }).toBuffer() },
    { name: 'turned JPEG', bytes: await small().withMetadata({ orientation: 6 }).jpeg().toBuffer() },
    { name: 'turned PNG', bytes: await small().withMetadata({ orientation: 6 }).png().toBuffer() },
  ];
});

describe('a picture that is too much', () => {
  it('to decode is refused by its header, with the measured numbers', async () => {
    const started = performance.now();
    await expect(fitPicture(pngOfSize(60_000, 60_000), CLASSIFY)).rejects.toMatchObject({
      code: 'ImageTooManyPixels',
      message: 'Expected at most 100 megapixels, got 60,000 × 60,000 pixels, 3,600 megapixels.',
    });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('to decode is refused in a type that is converted too', async () => {
    const bytes = await plain(60, 40).tiff({ compression: 'none' }).toBuffer();
    const at = bytes.readUInt32LE(4);
    for (let entry = 0; entry < bytes.readUInt16LE(at); entry += 1) {
      const tag = bytes.readUInt16LE(at + 2 + entry * 12);
      // ImageWidth and ImageLength (TIFF 6.0), as 32-bit numbers
      if (tag !== 256 && tag !== 257) continue;
      bytes.writeUInt16LE(4, at + 2 + entry * 12 + 2);
      bytes.writeUInt32LE(40_000, at + 2 + entry * 12 + 8);
    }
    expect(await verdict(bytes)).toBe('ImageTooManyPixels');
  });

  it('to hold is refused with its bytes', async () => {
    const bytes = Buffer.concat([bitmap(8, 8), Buffer.alloc(MAX_UPLOAD_BYTES)]);
    await expect(fitPicture(bytes, CLASSIFY)).rejects.toMatchObject({
      code: 'ImageTooLarge',
      message: `Expected at most 33,554,432 bytes, got ${bytes.length.toLocaleString('en')}.`,
    });
  });
});

describe('what is no whole picture', () => {
  it('is refused as cut off, or as undecodable, wherever it is cut', async () => {
    for (const { name, bytes } of others) {
      for (const part of [0.2, 0.5, 0.8, 0.95]) {
        const cut = await verdict(bytes.subarray(0, Math.floor(bytes.length * part)));
        expect([name, part, cut]).toEqual([name, part, 'ImageTruncated']);
      }
    }
  });

  it('is refused as undecodable where its pixels are damaged, with the converter’s words', async () => {
    const png = others.find(({ name }) => name === 'turned PNG')?.bytes ?? Buffer.alloc(0);
    const bytes = Buffer.from(png);
    bytes.fill(0xaa, bytes.indexOf('IDAT') + 20, bytes.indexOf('IDAT') + 600);
    await expect(fitPicture(bytes, CLASSIFY)).rejects.toMatchObject({
      code: 'ImageUndecodable',
      message: expect.stringMatching(/^The PNG cannot be decoded: .+/u),
      cause: expect.any(Error),
    });
  });

  it.each([
    ['HEIC', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['PDF', Buffer.from('%PDF-1.7')],
  ])('is refused with the list of what is taken: %s', async (name, bytes) => {
    await expect(fitPicture(bytes, CLASSIFY)).rejects.toMatchObject({
      code: 'ImageTypeUnsupported',
      message: `Expected JPEG, PNG, GIF, BMP, WebP, AVIF or TIFF, got ${name}.`,
    });
  });

  it('is refused as missing where there are no bytes', async () => {
    expect(await verdict(Buffer.alloc(0))).toBe('ImageMissing');
  });

  it('is refused where a bitmap is of a variant that is not read', async () => {
    const bytes = bitmap(1400, 1100);
    for (const given of [bytes, bitmap(9, 7)]) {
      given.writeUInt32LE(4, 30); // a JPEG inside
      await expect(fitPicture(given, CLASSIFY)).rejects.toMatchObject({
        code: 'ImageUndecodable',
        message: expect.stringContaining('it is compressed (method 4)'),
      });
    }
  });
});

describe('any bytes', () => {
  it('end in a picture or an error of the book', async () => {
    const marks = ['\xff\xd8\xff', '\x89PNG\r\n\x1a\n', 'GIF89a', 'RIFF\x20\0\0\0WEBPVP8 ', 'II*\0', 'MM\0*'];
    const bytes = fc
      .tuple(fc.constantFrom('', '\0\0\0\x1cftypavif', ...marks), fc.uint8Array({ maxLength: 200 }))
      .map(([mark, rest]) => Buffer.concat([Buffer.from(mark, 'latin1'), rest]));
    await fc.assert(
      fc.asyncProperty(bytes, async (given) => {
        expect(await verdict(given)).toMatch(/^(fit|Image)/u);
      }),
      { numRuns: runs(75) },
    );
  });

  it('of a good picture with some changed do too', async () => {
    const good = [...others.map(({ bytes }) => bytes), ...(await samples()).map(({ bytes }) => bytes)];
    const change = fc.tuple(fc.nat(600), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        async (index, changes) => {
          const bytes = Buffer.from(good[index] ?? []);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          expect(await verdict(bytes, TILES)).toMatch(/^(fit|Image)/u);
        },
      ),
      { numRuns: runs(200) },
    );
  });
});
