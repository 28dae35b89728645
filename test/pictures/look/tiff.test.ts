import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fitPicture } from '../../../src/pictures/fit.ts';
import { CLASSIFY, type Colour, colourAt, plain, verdict } from '../painted.ts';
import { type Page, tiffOf, type Writing } from './tiffs.ts';

const [WIDTH, HEIGHT] = [32, 24];
const RED: Colour = [255, 0, 0];
const filled = (width: number, height: number, samples: readonly number[]): Page => ({
  width,
  height,
  samples: Buffer.alloc(width * height * samples.length, Buffer.from(samples)),
});
const full = filled(WIDTH, HEIGHT, RED);
const thumbnail: Page = { ...filled(8, 6, [0, 0, 255]), tags: { 254: 1 } };
const GREY = { 262: 1, 277: 1 };

/** The sides, and the colour in the middle, high or low. */
async function read(bytes: Buffer) {
  const { picture, sent, parts } = await fitPicture(bytes, CLASSIFY);
  const colour = await colourAt(parts[0]?.bytes ?? Buffer.alloc(0), 0.5, 0.5);
  return { width: picture.width, height: picture.height, colour, steps: sent.steps };
}
const isRed = [expect.closeTo(255, -1), expect.closeTo(0, -1), expect.closeTo(0, -1)];

describe('a TIFF', () => {
  const writings: Writing[] = (['II', 'MM'] as const).flatMap((order) =>
    [false, true].map((big) => ({ order, big })),
  );
  it.each(writings)('is read in each byte order and as BigTIFF: %o', async (writing) => {
    expect(await read(tiffOf([full], writing))).toMatchObject({
      width: WIDTH,
      height: HEIGHT,
      colour: isRed,
    });
  });

  it.each(writings.flatMap((writing) => ([1, 3, 4] as const).map((type) => ({ ...writing, type }))))(
    'is turned by its orientation, whatever type that is of: %o',
    async (writing) => {
      const bytes = tiffOf([{ ...full, tags: { 274: 6 } }], writing);
      expect(await read(bytes)).toMatchObject({ width: HEIGHT, height: WIDTH });
    },
  );

  it.each<[string, readonly Page[], string?]>([
    ['a subdirectory', [{ ...thumbnail, subdirectories: [full] }]],
    ['the second subdirectory', [{ ...thumbnail, subdirectories: [thumbnail, full] }]],
    [
      'a subdirectory of a page that does not say what it is',
      [{ ...thumbnail, tags: {}, subdirectories: [full] }],
    ],
    ['the next page', [thumbnail, full], 'number 2 of 2 pages taken'],
    ['the third page', [thumbnail, { ...thumbnail }, full], 'number 3 of 3 pages taken'],
    ['the page behind a mask', [{ ...thumbnail, tags: { 254: 4 } }, full]],
    ['the page behind a thumbnail as TIFF 5 had it', [{ ...thumbnail, tags: { 255: 2 } }, full]],
    ['its first page, of several', [full, thumbnail, full], 'first of 3 pages taken'],
    ['its first page, whose subdirectories are smaller versions', [{ ...full, subdirectories: [thumbnail] }]],
  ])('shows the picture in full size, not its thumbnail: %s', async (_name, pages, step) => {
    for (const writing of writings) {
      const seen = await read(tiffOf(pages, writing));
      expect(seen).toMatchObject({ width: WIDTH, height: HEIGHT, colour: isRed });
      if (step) expect(seen.steps).toContain(step);
    }
  });

  it('is refused where it holds the thumbnail alone', async () => {
    await expect(fitPicture(tiffOf([thumbnail]), CLASSIFY)).rejects.toMatchObject({
      code: 'ImageUndecodable',
      message: expect.stringContaining('begins with a reduced version'),
    });
  });

  const sixteen = (values: readonly number[]) => {
    const bytes = Buffer.alloc(WIDTH * HEIGHT * values.length * 2);
    for (let index = 0; index < bytes.length / 2; index += 1)
      bytes.writeUInt16LE(values[index % values.length] ?? 0, index * 2);
    return { width: WIDTH, height: HEIGHT, samples: bytes };
  };
  it.each<[string, Page, Colour]>([
    ['16 bits a channel', { ...sixteen([65_535, 0, 0]), tags: { 258: [16, 16, 16] } }, [255, 0, 0]],
    ['grey of 16 bits', { ...sixteen([40_000]), tags: { ...GREY, 258: 16 } }, [156, 156, 156]],
    [
      'grey of 16 bits, white at nought',
      { ...sixteen([10_000]), tags: { ...GREY, 258: 16, 262: 0 } },
      [216, 216, 216],
    ],
    [
      'grey whose kind of sample is not told',
      { ...filled(WIDTH, HEIGHT, [200]), tags: { ...GREY, 258: 8, 339: 4 } },
      [200, 200, 200],
    ],
    [
      'one bit, white at nought',
      { ...filled(WIDTH / 8, HEIGHT, [0]), width: WIDTH, tags: { ...GREY, 258: 1, 262: 0 } },
      [255, 255, 255],
    ],
    [
      'four bits',
      { ...filled(WIDTH / 2, HEIGHT, [0xff]), width: WIDTH, tags: { ...GREY, 258: 4 } },
      [255, 255, 255],
    ],
    [
      'transparency',
      { ...filled(WIDTH, HEIGHT, [255, 0, 0, 0]), tags: { 258: [8, 8, 8, 8], 277: 4, 338: 2 } },
      [255, 255, 255],
    ],
  ])('has its samples scaled to bytes: %s', async (_name, page, colour) => {
    expect((await read(tiffOf([page]))).colour).toEqual(colour.map((value) => expect.closeTo(value, -1)));
  });

  it.each<[string, Page['tags'], string]>([
    ['32 bits', { ...GREY, 258: 32 }, 'whole numbers of 32 bits'],
    ['fractions of 32 bits', { ...GREY, 258: 32, 339: 3 }, 'fractions of 32 bits'],
    ['fractions of 16 bits', { ...GREY, 258: 16, 339: 3 }, 'fractions of 16 bits'],
    ['fractions of 64 bits', { ...GREY, 258: 64, 339: 3 }, 'fractions of 64 bits'],
    ['colours in fractions', { 258: [32, 32, 32], 339: [3, 3, 3] }, 'fractions of 32 bits'],
    ['one of three channels in fractions', { 258: [16, 16, 16], 339: [1, 1, 3] }, 'fractions of 16 bits'],
    ['signed numbers', { ...GREY, 258: 8, 339: 2 }, 'signed numbers of 8 bits'],
    ['near infrared beside colours', { 258: [8, 8, 8, 8], 277: 4, 338: 0 }, 'with 1 more channel'],
    ['five channels', { 258: [8, 8, 8, 8, 8], 277: 5, 338: [2, 0] }, 'with 2 more channels'],
    ['12 bits', { ...GREY, 258: 12 }, 'cannot be decoded'],
  ])(
    'is refused in words where its samples would come out black or scrambled: %s',
    async (_name, tags = {}, words) => {
      const samples = Buffer.alloc(WIDTH * HEIGHT * 24, 1);
      const bytes = tiffOf([{ width: WIDTH, height: HEIGHT, samples, tags }]);
      await expect(fitPicture(bytes, CLASSIFY)).rejects.toMatchObject({
        code: 'ImageUndecodable',
        message: expect.stringContaining(words),
      });
    },
  );

  it('keeps the transparency that libraries write', async () => {
    const clear = sharp({ create: { width: 20, height: 20, channels: 4, background: '#f000' } });
    expect((await read(await clear.tiff({ compression: 'lzw' }).toBuffer())).steps).toContain(
      'transparent parts laid on white',
    );
    expect(await verdict(await plain(20, 20).tiff({ bigtiff: true, tile: true }).toBuffer())).toBe('fit');
  });
});

describe('raw data of a camera', () => {
  const raw = (photometric: number): Page => ({
    ...filled(WIDTH, HEIGHT, [1, 0]),
    tags: { ...GREY, 254: 0, 258: 16, 262: photometric },
  });
  const camera = (make: string, photometric = 32_803): Buffer =>
    tiffOf([{ ...thumbnail, tags: { 254: 1, 271: make }, subdirectories: [thumbnail, raw(photometric)] }]);
  const canon = () => {
    const bytes = Buffer.from(tiffOf([full]));
    return Buffer.concat([bytes.subarray(0, 8), Buffer.from('CR\x02\0', 'latin1'), bytes.subarray(12)]);
  };
  it.each<[string, () => Buffer]>([
    ['NEF', () => camera('NIKON CORPORATION')],
    ['ARW', () => camera('SONY')],
    ['SRW', () => camera('SAMSUNG')],
    ['PEF', () => tiffOf([{ ...raw(32_803), tags: { ...raw(32_803).tags, 271: 'PENTAX Corporation' } }])],
    ['CR2', canon],
    [
      'DNG',
      () => tiffOf([{ ...thumbnail, tags: { 254: 1, 50706: [1, 4, 0, 0] }, subdirectories: [raw(34_892)] }]),
    ],
    ['raw data', () => camera('Some Other')],
    ['CR3', () => Buffer.from('\0\0\0\x18ftypcrx \0\0\0\x01crx isom', 'latin1')],
    ['RW2', () => Buffer.from('IIU\0\x18\0\0\0', 'latin1')],
    ['ORF', () => Buffer.from('IIRO\x08\0\0\0', 'latin1')],
    ['RAF', () => Buffer.from('FUJIFILMCCD-RAW 0201', 'latin1')],
  ])('is refused by its name: %s', async (name, make) => {
    await expect(fitPicture(make(), CLASSIFY)).rejects.toMatchObject({
      code: 'ImageTypeUnsupported',
      message: expect.stringMatching(new RegExp(`got ${name}.*camera`, 'u')),
    });
  });

  it('is not what a scanner of the same maker writes', async () => {
    const bytes = tiffOf([{ ...full, tags: { 271: 'NIKON CORPORATION' } }]);
    expect(await read(bytes)).toMatchObject({ width: WIDTH, height: HEIGHT });
  });
});
