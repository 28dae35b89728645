import sharp from 'sharp';
import { expect, it } from 'vitest';
import { lookAt } from '../../src/pictures/look/look.ts';
import { openSource } from '../../src/pictures/source.ts';
import { exifOf, withExif } from './exif.ts';
import { plain } from './painted.ts';

const noise = { type: 'gaussian', mean: 120, sigma: 60 } as const;
const grainy = () => sharp({ create: { width: 90, height: 60, channels: 3, background: 'grey', noise } });

it.each([
  ['of three colours', () => plain(90, 60).jpeg()],
  ['of whole colours', () => grainy().jpeg({ chromaSubsampling: '4:4:4' })],
  ['in several scans', () => grainy().jpeg({ progressive: true })],
  ['in grey', () => plain(90, 60).greyscale().jpeg()],
  ['in grey, in several scans', () => plain(90, 60).greyscale().jpeg({ progressive: true })],
  ['for print', () => plain(90, 60).toColourspace('cmyk').jpeg()],
])('the header of a JPEG %s is told by the look as the converter tells it', async (_, make) => {
  const bytes = await make().toBuffer();
  const look = await lookAt(bytes);
  expect(look.decoded.jpeg).toBeDefined();
  const { told } = (await openSource(bytes, look)).stored;
  expect(await sharp(bytes).metadata()).toMatchObject(told ?? {});
});

it('the header of a JPEG with EXIF is asked of the converter', async () => {
  const look = await lookAt(withExif(await plain(90, 60).jpeg().toBuffer(), exifOf(6, 3, 'II')));
  expect(look.decoded.jpeg).toBeUndefined();
});

it.each([
  ['of twelve bits', 4, 12],
  ['of two components', 9, 2],
  ['without loss', 1, 0xc3],
])('the header of a JPEG %s is left to the converter', async (_, at, byte) => {
  const bytes = await plain(90, 60).jpeg().toBuffer();
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes[frame + at] = byte;
  expect((await lookAt(bytes)).decoded.jpeg).toBeUndefined();
});
