import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HttpRequest } from '@azure/functions';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { readRequestImage } from '../../src/http/requestImage.ts';
import { fitPicture } from '../../src/pictures/fit.ts';
import { MAX_BYTES } from '../../src/pictures/limits.ts';
import { lookAt } from '../../src/pictures/look/look.ts';
import { bitmapOf, FIVE_SIX_FIVE, type Rows } from './bitmaps.ts';
import { exifOf, withExif } from './exif.ts';
import { tiffOf } from './look/tiffs.ts';
import { distance, seenByServer } from './oneVerdict.ts';
import { CLASSIFY } from './painted.ts';

/** As people’s tools wrote it. */
const stored = async (name: string): Promise<Buffer> =>
  promisify(gunzip)(await readFile(new URL(`cases/${name}.gz`, import.meta.url)));

/** `near`: how far its colours may be from those of base.png; grey and reduced colours are far. */
type Right =
  | { width: number; height: number; step?: string; near?: number }
  | { code: string; words: string };
type Case = readonly [
  name: string,
  what: string,
  right: Right,
  make?: (base: Buffer) => Buffer | Promise<Buffer>,
];

const [scored, turned] = [
  { width: 320, height: 240 },
  { width: 240, height: 320, step: 'turned upright (EXIF orientation 6)' },
];
const completed = { ...scored, step: 'completed, for its end mark is missing' };
const grey = { ...scored, near: 40 };

const insert = (bytes: Buffer, at: number, hex: string): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(hex, 'hex'), bytes.subarray(at)]);
const without = (bytes: Buffer, count: number): Buffer => bytes.subarray(0, bytes.length - count);
const rowsOf = async (image: Sharp): Promise<Rows> => {
  const data = await image.removeAlpha().raw().toBuffer();
  return Array.from({ length: 240 }, (_, y) =>
    Array.from({ length: 320 }, (_, x) => {
      const at = (y * 320 + x) * 3;
      return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
    }),
  );
};
const base = () => stored('base.png').then((png) => sharp(png));
const jpeg = () => stored('base.jpg');
const samples = async () => (await base()).removeAlpha().raw().toBuffer();
const numbers = (bytes: Buffer, size: 2 | 4, value: (byte: number) => number): Buffer => {
  const out = Buffer.alloc(bytes.length * size);
  for (const [index, byte] of bytes.entries()) out.writeUIntLE(value(byte), index * size, size);
  return out;
};
const full = async () => ({ width: 320, height: 240, samples: await samples() });
const small = { width: 40, height: 30, tags: { 254: 1 } };

/** Beside each kind of what was stored stand two that were made here. */
const CASES: readonly Case[] = [
  ...['base.jpg', 'base.png', 'base.gif', 'base.avif', 'win24.bmp'].map(
    (name) => [name, 'control', scored] as const,
  ),
  ['u8.tif', 'control, grey', grey],
  ['exif6-MM-short.jpg', 'control, turned', turned],

  ['fill-first.jpg', 'fill bytes before the first marker', scored],
  ['fill-mid.jpg', 'fill bytes before a later marker', scored],
  ['fill-scan.jpg', 'fill bytes before the scan', scored, (b) => insert(b, b.indexOf('ffda', 'hex'), 'ffff')],
  [
    'fill-all.jpg',
    'fill bytes before every marker of the head',
    scored,
    (b) =>
      insert(
        insert(insert(b, b.indexOf('ffda', 'hex'), 'ff'), b.indexOf('ffc0', 'hex'), 'ffffffff'),
        2,
        'ff',
      ),
  ],

  ['garbage-between.jpg', 'seven stray bytes between segments', scored],
  [
    'stray-frame.jpg',
    'stray bytes before the frame header',
    scored,
    (b) => insert(b, b.indexOf('ffc0', 'hex'), '0001020304'),
  ],
  [
    'stray-stuffed.jpg',
    'a stuffed FF 00 between segments',
    scored,
    (b) => insert(b, b.indexOf('ffdb', 'hex'), '41ff0042'),
  ],

  // Of a JPEG without an end mark the strict decoder says whether it is whole: it refuses one whose bytes end, since it
  // cannot know that the last bits were there, and takes one whose scan is followed by other bytes, which end it as well.
  ['no-eoi.jpg', 'the end mark is missing', { code: 'ImageTruncated', words: 'ends early' }],
  ['noeoi-trailer.jpg', 'the end mark is missing, other bytes follow', completed],
  [
    'half-eoi.jpg',
    'half of the end mark',
    { code: 'ImageTruncated', words: 'ends early' },
    (b) => without(b, 1),
  ],
  [
    'half.jpg',
    'cut in half',
    { code: 'ImageTruncated', words: 'ends early' },
    (b) => b.subarray(0, b.length >> 1),
  ],

  ['os2.bmp', 'OS/2 header of 12 bytes', scored],
  [
    'os2-8.bmp',
    'OS/2 header of 12 bytes, palette of three bytes a colour',
    scored,
    async () => bitmapOf(await rowsOf(await base()), { bits: 8, header: 12 }),
  ],
  [
    'os2-64.bmp',
    'OS/2 2.x header of 64 bytes',
    scored,
    async () => bitmapOf(await rowsOf(await base()), { bits: 24, header: 64 }),
  ],

  ['pal8.bmp', '8 bits and a palette', scored],
  ['bw1.bmp', '1 bit', grey],
  ['rgb565.bmp', '16 bits, fields of 5, 6 and 5', { ...scored, near: 5 }],
  ['rle8.bmp', 'RLE8', scored],
  [
    'pal4.bmp',
    '4 bits and a palette, top-down',
    scored,
    async () => bitmapOf(await rowsOf(await base()), { bits: 4, topDown: true }),
  ],
  ['rle4.bmp', 'RLE4', scored, async () => bitmapOf(await rowsOf(await base()), { bits: 4, method: 2 })],
  [
    'rgb555.bmp',
    '16 bits without fields',
    { ...scored, near: 5 },
    async () => bitmapOf(await rowsOf(await base()), { bits: 16 }),
  ],
  [
    'v5-32.bmp',
    '32 bits in fields, V5 header, top-down',
    scored,
    async () => bitmapOf(await rowsOf(await base()), { bits: 32, header: 124, method: 3, topDown: true }),
  ],
  [
    'v4-565.bmp',
    '16 bits in fields, V4 header',
    { ...scored, near: 5 },
    async () =>
      bitmapOf(await rowsOf(await base()), { bits: 16, header: 108, method: 3, masks: FIVE_SIX_FIVE }),
  ],

  ['exif6-MM-long.jpg', 'orientation as LONG, big endian', turned],
  ['exif6-MM-byte.jpg', 'orientation as BYTE, big endian', turned],
  ['exif6-II-long.jpg', 'orientation as LONG, little endian', turned, (b) => withExif(b, exifOf(6, 4, 'II'))],
  [
    'exif6-MM-sshort.jpg',
    'orientation as SSHORT, big endian',
    turned,
    (b) => withExif(b, exifOf(6, 8, 'MM')),
  ],
  [
    'exif6-MM-byte.png',
    'orientation as BYTE in a PNG',
    turned,
    async () => withExif(await stored('base.png'), exifOf(6, 1, 'MM')),
  ],
  [
    'exif6-MM-long.webp',
    'orientation as LONG in a WebP',
    turned,
    async () => withExif(await (await base()).webp().toBuffer(), exifOf(6, 4, 'MM')),
  ],
  [
    'exif6-MM-long.tif',
    'orientation as LONG in a TIFF',
    turned,
    async () => tiffOf([{ ...(await full()), tags: { 274: 6 } }], { order: 'MM', type: 4 }),
  ],

  ['no-trailer.gif', 'no trailer', completed],
  ['nul-trailer.gif', 'a nought in place of the trailer', completed],
  [
    'text-trailer.gif',
    'words in place of the trailer',
    completed,
    async () =>
      insert(
        without(await stored('base.gif'), 1),
        (await stored('base.gif')).length - 1,
        '0d0a2d2d626f756e64617279',
      ),
  ],
  [
    'tail.gif',
    'bytes behind the trailer',
    scored,
    async () => Buffer.concat([await stored('base.gif'), Buffer.from('\r\n')]),
  ],

  ['crlf.avif', 'a line end behind the last box', scored],
  ['text-tail.avif', 'words behind the last box', scored],
  [
    'nul-tail.avif',
    'noughts behind the last box',
    scored,
    async () => Buffer.concat([await stored('base.avif'), Buffer.alloc(70)]),
  ],
  [
    'long-tail.avif',
    'a box behind the last that is longer than the file',
    scored,
    async () => insert(await stored('base.avif'), (await stored('base.avif')).length, '7fffffff6672656500'),
  ],

  ['anim.avif', 'a sequence, of brand avis', scored],
  [
    'miaf.avif',
    'of brand miaf, compatible with avif',
    scored,
    async () => branded(await stored('base.avif'), 'miaf'),
  ],
  [
    'no-still.avif',
    'a sequence without a still picture',
    { code: 'ImageUndecodable', words: 'AVIF cannot be decoded' },
    async () => {
      const bytes = Buffer.from(await stored('anim.avif'));
      bytes.write('free', bytes.indexOf('meta'), 'latin1');
      return bytes;
    },
  ],

  ['thumb-first.tif', 'a thumbnail first, the picture in a subdirectory', scored],
  [
    'thumb-page.tif',
    'a thumbnail first, the picture on the next page',
    { ...scored, step: 'number 2 of 2 pages taken' },
    async () => tiffOf([small, await full()]),
  ],
  [
    'thumb-big.tif',
    'the same as BigTIFF, the picture in the second subdirectory',
    scored,
    async () => tiffOf([{ ...small, subdirectories: [small, await full()] }], { big: true, order: 'MM' }),
  ],
  [
    'thumb-only.tif',
    'a thumbnail and nothing else',
    { code: 'ImageUndecodable', words: 'reduced version' },
    () => tiffOf([small]),
  ],
  [
    'raw.nef',
    'raw data of a camera',
    { code: 'ImageTypeUnsupported', words: 'NEF' },
    () =>
      tiffOf([
        {
          ...small,
          tags: { 254: 1, 271: 'NIKON' },
          subdirectories: [{ ...small, tags: { 254: 0, 262: 32_803 } }],
        },
      ]),
  ],

  ['f32-01.tif', 'fractions from 0 to 1', { code: 'ImageUndecodable', words: 'fractions of 32 bits' }],
  ['u32.tif', 'samples of 32 bits', { code: 'ImageUndecodable', words: 'whole numbers of 32 bits' }],
  [
    'u16.tif',
    'samples of 16 bits',
    scored,
    async () =>
      tiffOf([
        {
          ...(await full()),
          samples: numbers(await samples(), 2, (byte) => byte * 257),
          tags: { 258: [16, 16, 16] },
        },
      ]),
  ],
  [
    's32.tif',
    'signed samples of 32 bits',
    { code: 'ImageUndecodable', words: 'signed numbers of 32 bits' },
    async () =>
      tiffOf([
        {
          ...(await full()),
          samples: numbers(await samples(), 4, (byte) => byte),
          tags: { 258: [32, 32, 32], 339: [2, 2, 2] },
        },
      ]),
  ],

  ['form-noname-jpeg.bin', 'a form whose part of type image/jpeg has no file name', scored],
  [
    'form-noname-png.bin',
    'the same of type IMAGE/PNG, behind a text',
    scored,
    async () => form('Content-Type: IMAGE/PNG', await stored('base.png')),
  ],
  [
    'form-noname-octets.bin',
    'the same of type application/octet-stream',
    scored,
    async () => form('Content-Type: application/octet-stream', await jpeg()),
  ],
];

const branded = (bytes: Buffer, brand: string): Buffer => {
  const other = Buffer.from(bytes);
  other.write(brand, 8, 'latin1');
  return other;
};
const form = (head: string, bytes: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('--BB\r\nContent-Disposition: form-data; name="note"\r\n\r\napple\r\n'),
    Buffer.from(`--BB\r\nContent-Disposition: form-data; name="picture"\r\n${head}\r\n\r\n`),
    bytes,
    Buffer.from('\r\n--BB--\r\n'),
  ]);

/** As a caller sends it; a form is taken apart. */
async function given(name: string, make?: Case[3]): Promise<Buffer> {
  const bytes = await (make ? make(await jpeg()) : stored(name));
  if (!name.startsWith('form')) return bytes;
  const headers = { 'content-type': 'multipart/form-data; boundary=BB' };
  const request = new HttpRequest({
    url: 'https://app.example/api/predict',
    method: 'POST',
    headers,
    body: { bytes },
  });
  const image = await readRequestImage(request, []);
  return 'bytes' in image ? image.bytes : Buffer.alloc(0);
}

const titleOf = ([name, what, right]: Case): string => {
  const told =
    'code' in right
      ? `refused, ${right.code}`
      : `scored, ${right.width} × ${right.height}${right.step ? `, ${right.step}` : ''}`;
  return `${name} (${what}): ${told}`;
};

let original: Float32Array | string;
beforeAll(async () => {
  original = await seenByServer(await stored('base.png'));
});

/** `npm run cases` prints them as a table. */
describe('a picture as people’s tools write it', () => {
  it.each(CASES.map((each) => [titleOf(each), each] as const))(
    '%s',
    async (_title, [name, , right, make]) => {
      const bytes = await given(name, make);
      const fitted = fitPicture(bytes, CLASSIFY);
      if ('code' in right) {
        await expect(fitted).rejects.toMatchObject({
          code: right.code,
          message: expect.stringContaining(right.words),
        });
        expect(await seenByServer(bytes)).toBe('BadRequestImageFormat');
        return;
      }
      const { picture, sent, parts } = await fitted;
      expect(picture).toMatchObject({ width: right.width, height: right.height });
      if (right.step) expect(sent.steps).toContain(right.step);
      const isTurned = right.width < right.height;
      const [part] = parts;
      const shown = part && isTurned ? await sharp(part.bytes).rotate(270).png().toBuffer() : part?.bytes;
      expect(distance(await seenByServer(shown ?? Buffer.alloc(0)), original)).toBeLessThan(right.near ?? 2);
      // what the service reads itself, the local one reads as the app does
      const look = await lookAt(bytes);
      if (look.kind === 'convertible') expect(await seenByServer(bytes)).toBe('BadRequestImageFormat');
      else if (bytes.length <= MAX_BYTES && !isTurned)
        expect(distance(await seenByServer(bytes), original)).toBeLessThan(right.near ?? 2);
    },
  );
});
