import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors.ts';
import { MAX_BYTES, readPicture } from '../../src/pictures/picture.ts';
import { bitmap, pngOfSize, type Sample, samples } from './files.ts';

let all: Sample[];
beforeAll(async () => {
  all = await samples();
});

/** What readPicture makes of the bytes: a picture or an error of the book; anything else thrown fails the test. */
function verdict(bytes: Buffer): string {
  try {
    readPicture(bytes);
    return 'fit';
  } catch (error) {
    if (error instanceof KeylessError) return error.code;
    throw error;
  }
}

describe('a good picture', () => {
  it('is measured, typed and hashed, in each type and variant', () => {
    for (const { title, format, bytes, width, height } of all) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect([title, readPicture(bytes)]).toEqual([
        title,
        { bytes, contentType: `image/${format}`, width, height, sha256 },
      ]);
    }
  });

  it('may have anything behind its end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: all.length - 1 }),
        fc.uint8Array({ maxLength: 64 }),
        (index, tail) => {
          const sample = all[index];
          expect(verdict(Buffer.concat([sample?.bytes ?? Buffer.alloc(0), tail]))).toBe('fit');
        },
      ),
    );
  });
});

describe('a picture that is cut off', () => {
  it('is never taken for whole, wherever it is cut, and never makes the app stumble', () => {
    for (const { title, format, bytes } of all) {
      for (let length = 0; length < bytes.length; length += 1) {
        const cut = verdict(bytes.subarray(0, length));
        if (cut === 'fit') expect([title, length, bytes.length]).toBe('cut off and not noticed');
        // once the file’s mark is there, the reason is the cut
        if (length >= 32)
          expect([title, format, length, cut]).toEqual([title, format, length, 'ImageTruncated']);
      }
    }
  });

  it('is noticed in a large photograph too', async () => {
    const { default: sharp } = await import('sharp');
    const bytes = await sharp({
      create: {
        width: 1200,
        height: 900,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 99, sigma: 80 },
      },
    })
      .jpeg({ progressive: true, quality: 90 })
      .toBuffer();
    fc.assert(
      fc.property(fc.integer({ min: 32, max: bytes.length - 1 }), (length) => {
        expect(verdict(bytes.subarray(0, length))).toBe('ImageTruncated');
      }),
      { numRuns: 200 },
    );
  });

  it('tells how long it is', () => {
    const bytes = all[0]?.bytes.subarray(0, 700) ?? Buffer.alloc(0);
    expect(() => readPicture(bytes)).toThrow('The JPEG ends early, after 700 bytes.');
  });

  it('is not fooled by an end mark in a table between two scans', () => {
    const scan = [0xff, 0xda, 0x00, 0x02, 0x12, 0x34];
    const comment = [0xff, 0xfe, 0x00, 0x06, 0xff, 0xd9, 0x00, 0x00];
    const cut = Buffer.from([0xff, 0xd8, ...scan, ...comment, ...scan]);
    expect(verdict(cut)).toBe('ImageTruncated');
  });

  it('may have stuffed, restart and fill bytes in its scan', () => {
    const start = all[0]?.bytes ?? Buffer.alloc(0);
    const body = start.subarray(0, -2);
    const odd = Buffer.from([0xff, 0x00, 0xff, 0xd0, 0xff, 0xff, 0xd9]);
    expect(verdict(Buffer.concat([body, odd]))).toBe('fit');
    expect(verdict(Buffer.concat([body, odd.subarray(0, -1)]))).toBe('ImageTruncated');
  });
});

describe('a picture beyond the limits', () => {
  it('of bytes is refused with its size', () => {
    const bytes = Buffer.concat([bitmap(8, 8), Buffer.alloc(MAX_BYTES)]);
    expect(() => readPicture(bytes)).toThrow(
      expect.objectContaining({
        code: 'ImageTooLarge',
        message: `Expected at most 4,194,304 bytes, got ${bytes.length.toLocaleString('en')}.`,
      }),
    );
    expect(verdict(bytes.subarray(0, MAX_BYTES))).toBe('fit');
    expect(verdict(bytes.subarray(0, MAX_BYTES + 1))).toBe('ImageTooLarge');
  });

  it.each([
    [10_000, 10_000, 'fit'],
    [10_001, 10_000, 'ImageDimensionsUnsupported'],
    [500, 10_001, 'ImageDimensionsUnsupported'],
    [25, 1, 'fit'],
    [26, 1, 'ImageDimensionsUnsupported'],
    [100, 2_501, 'ImageDimensionsUnsupported'],
    [1, 1, 'fit'],
    [0, 10, 'ImageUndecodable'],
    [10, 0, 'ImageUndecodable'],
    [4_294_967_295, 4_294_967_295, 'ImageDimensionsUnsupported'],
  ])('of %i × %i pixels is %s', (width, height, expected) => {
    expect(verdict(pngOfSize(width, height))).toBe(expected);
  });

  it('of pixels is refused with both sides and their ratio', () => {
    expect(() => readPicture(pngOfSize(9_000, 300))).toThrow(/got 9000 × 300 pixels \(30\.0:1\)/u);
  });
});

describe('what is no picture', () => {
  it.each([
    ['WebP', Buffer.from('RIFF\0\0\0\0WEBPVP8 ', 'latin1')],
    ['TIFF', Buffer.from('II*\0\x08\0\0\0', 'latin1')],
    ['TIFF', Buffer.from('MM\0*\0\0\0\x08', 'latin1')],
    ['AVIF', Buffer.from('\0\0\0\x1cftypavif', 'latin1')],
    ['HEIC', Buffer.from('\0\0\0\x1cftypheic', 'latin1')],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['SVG', Buffer.from('\n<?xml version="1.0"?><svg/>')],
    ['PDF', Buffer.from('%PDF-1.7')],
    ['data URL', Buffer.from('data:image/png;base64,iVBORw0KGgo=')],
  ])('is named: %s', (name, bytes) => {
    expect(() => readPicture(bytes)).toThrow(
      expect.objectContaining({ code: 'ImageTypeUnsupported', message: expect.stringContaining(name) }),
    );
  });

  it('is shown by its first bytes when nobody knows it, a text that begins with BM included', () => {
    const bytes = Buffer.from('BM is the mark of a bitmap, and of this sentence.');
    expect(() => readPicture(bytes)).toThrow(
      `Expected JPEG, PNG, GIF or BMP, got ${bytes.length} bytes that begin with 424d206973207468.`,
    );
  });

  it('is missing when there are no bytes', () => {
    expect(verdict(Buffer.alloc(0))).toBe('ImageMissing');
  });
});

describe('any bytes', () => {
  const marks = ['\xff\xd8\xff', '\x89PNG\r\n\x1a\n', 'GIF87a', 'GIF89a', `BM${'\0'.repeat(12)}\x28\0\0\0`];

  it('end in a picture or an error of the book', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.constantFrom(...marks), fc.uint8Array({ maxLength: 300 }))
        .map(([mark, rest]) => Buffer.concat([Buffer.from(mark, 'latin1'), rest])),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        expect(verdict(Buffer.from(given))).toMatch(/^(fit|Image)/u);
      }),
      { numRuns: 3_000 },
    );
  });

  it('of a good picture with some changed do too', () => {
    const change = fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.nat(all.length - 1),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (index, changes) => {
          const bytes = Buffer.from(all[index]?.bytes ?? []);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          expect(verdict(bytes)).toMatch(/^(fit|Image)/u);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
