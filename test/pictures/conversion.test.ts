import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fitPicture } from '../../src/pictures/fit.ts';
import { CLASSIFY, type Colour, colourAt, noise, plain } from './painted.ts';

const near = ([red, green, blue]: Colour) =>
  [red, green, blue].map((value) => (value > 200 ? 'high' : value < 60 ? 'low' : 'middle')).join(' ');

describe('a type that Custom Vision does not read', () => {
  it.each([
    ['WebP', 'image/webp', () => plain(300, 200, 'red').webp()],
    ['AVIF', 'image/avif', () => plain(300, 200, 'red').avif({ effort: 0 })],
    ['TIFF', 'image/tiff', () => plain(300, 200, 'red').tiff({ compression: 'lzw' })],
    ['TIFF', 'image/tiff', () => plain(300, 200, 'red').tiff({ compression: 'jpeg', bigtiff: false })],
  ])('is sent as JPEG with its colours: %s', async (name, contentType, make) => {
    const { picture, sent, parts } = await fitPicture(await make().toBuffer(), CLASSIFY);
    expect(picture).toMatchObject({ contentType, width: 300, height: 200 });
    expect(sent).toMatchObject({
      contentType: 'image/jpeg',
      steps: [`converted from ${name}`, 'saved as JPEG of quality 90'],
    });
    expect(near(await colourAt(parts[0]?.bytes ?? Buffer.alloc(0), 0.5, 0.5))).toBe('high low low');
  });

  it('is known as AVIF too where it begins as any HEIF', async () => {
    const bytes = await plain(64, 64).avif({ effort: 0 }).toBuffer();
    expect(bytes.toString('latin1', 8, 12)).toBe('avif');
    const length = bytes.readUInt32BE(0);
    expect(bytes.toString('latin1', 16, length)).toContain('avif');
    bytes.write('mif1', 8, 'latin1');
    expect((await fitPicture(bytes, CLASSIFY)).sent.steps).toContain('converted from AVIF');
  });

  it('is sent with its first frame where it moves', async () => {
    const frames = await Promise.all(
      ['blue', 'red', 'white'].map((colour) => plain(40, 30, colour).raw().toBuffer()),
    );
    const bytes = await sharp(Buffer.concat(frames), {
      raw: { width: 40, height: 90, channels: 3, pageHeight: 30 },
    })
      .webp({ delay: [50, 50, 50] })
      .toBuffer();
    const { picture, sent, parts } = await fitPicture(bytes, CLASSIFY);
    expect(picture).toMatchObject({ width: 40, height: 30 });
    expect(sent.steps).toContain('first of 3 frames taken');
    expect(near(await colourAt(parts[0]?.bytes ?? Buffer.alloc(0), 0.5, 0.5))).toBe('low low high');
  });

  it('has white where it was transparent', async () => {
    const clear = sharp({ create: { width: 50, height: 50, channels: 4, background: '#f000' } });
    const { sent, parts } = await fitPicture(await clear.webp().toBuffer(), CLASSIFY);
    expect(sent.steps).toContain('transparent parts laid on white');
    expect(near(await colourAt(parts[0]?.bytes ?? Buffer.alloc(0), 0.5, 0.5))).toBe('high high high');
  });
});

describe('colours that are rare on the web', () => {
  it.each([
    ['CMYK JPEG', () => plain(80, 60, 'red').toColourspace('cmyk').withMetadata({ orientation: 3 }).jpeg()],
    ['16-bit PNG', () => plain(80, 60, 'red').toColourspace('rgb16').withMetadata({ orientation: 3 }).png()],
    ['grey TIFF', () => plain(80, 60, 'white').greyscale().tiff()],
  ])('become sRGB of 8 bits where the picture is converted: %s', async (_name, make) => {
    const { parts } = await fitPicture(await make().toBuffer(), CLASSIFY);
    const { space, depth, channels } = await sharp(parts[0]?.bytes).metadata();
    expect({ space, depth, channels }).toEqual({ space: 'srgb', depth: 'uchar', channels: 3 });
    expect((await colourAt(parts[0]?.bytes ?? Buffer.alloc(0), 0.5, 0.5))[0]).toBeGreaterThan(200);
  });

  it('stay as they are where it is not', async () => {
    const bytes = await noise(80, 60).toColourspace('cmyk').jpeg().toBuffer();
    expect((await fitPicture(bytes, CLASSIFY)).parts[0]?.bytes).toBe(bytes);
  });
});
