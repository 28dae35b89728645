import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fitPicture } from '../../src/pictures/fit.ts';
import { outlineJpeg } from '../../src/pictures/look/jpeg.ts';
import { lookAt } from '../../src/pictures/look/look.ts';
import { exifOf, withExif } from './exif.ts';
import { CLASSIFY, colourAt, plain } from './painted.ts';

const [WIDTH, HEIGHT] = [96, 64];
const corners = {
  topLeft: [255, 0, 0],
  topRight: [0, 255, 0],
  bottomLeft: [0, 0, 255],
  bottomRight: [0, 0, 0],
};

const colour = (x: number, y: number) =>
  x < WIDTH / 2
    ? y < HEIGHT / 2
      ? corners.topLeft
      : corners.bottomLeft
    : y < HEIGHT / 2
      ? corners.topRight
      : corners.bottomRight;

/** Where a stored column and row belong in the upright picture, EXIF 2.32, 4.6.4 (tag 0112). */
const places: Record<number, (column: number, row: number) => [number, number]> = {
  1: (c, r) => [c, r],
  2: (c, r) => [WIDTH - 1 - c, r],
  3: (c, r) => [WIDTH - 1 - c, HEIGHT - 1 - r],
  4: (c, r) => [c, HEIGHT - 1 - r],
  5: (c, r) => [r, c],
  6: (c, r) => [WIDTH - 1 - r, c],
  7: (c, r) => [WIDTH - 1 - r, HEIGHT - 1 - c],
  8: (c, r) => [r, HEIGHT - 1 - c],
};
const cases = Object.entries(places).flatMap(([orientation, place]) =>
  (['jpeg', 'png', 'webp'] as const).map((format) => ({ orientation: Number(orientation), format, place })),
);

describe('a picture that lies', () => {
  it.each(cases)(
    'goes out upright: orientation $orientation, $format',
    async ({ orientation, format, place }) => {
      const [width, height] = orientation > 4 ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
      const stored = Buffer.from(
        Array.from({ length: width * height }, (_, index) =>
          colour(...place(index % width, Math.floor(index / width))),
        ).flat(),
      );
      const bytes = await sharp(stored, { raw: { width, height, channels: 3 } })
        .withMetadata({ orientation })
        .toFormat(format, { quality: 95 })
        .toBuffer();

      const { picture, sent, parts } = await fitPicture(bytes, CLASSIFY);
      expect(picture).toMatchObject({ width: WIDTH, height: HEIGHT });
      expect(sent).toMatchObject({ width: WIDTH, height: HEIGHT });
      expect(sent.steps.some((step) => step.includes(`orientation ${orientation})`))).toBe(orientation > 1);
      const [part] = parts;
      const at = (x: number, y: number) => colourAt(part?.bytes ?? Buffer.alloc(0), x, y);
      const seen = {
        topLeft: await at(0.1, 0.1),
        topRight: await at(0.9, 0.1),
        bottomLeft: await at(0.1, 0.9),
        bottomRight: await at(0.9, 0.9),
      };
      const rounded = Object.fromEntries(
        Object.entries(seen).map(([corner, values]) => [
          corner,
          values.map((value) => (value > 127 ? 255 : 0)),
        ]),
      );
      expect(rounded).toEqual(corners);
    },
  );
});

describe('the EXIF orientation', () => {
  const segment = (marker: number, data: Buffer) => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(data.length + 2, 2);
    return Buffer.concat([head, data]);
  };
  const jpeg = (...segments: Buffer[]) =>
    Buffer.concat([Buffer.from([0xff, 0xd8]), ...segments, Buffer.from([0xff, 0xda, 0, 2, 0, 0xff, 0xd9])]);
  /** Little endian, another entry before the orientation, and the directory not where it usually is. */
  const exif = (orientation: number) => {
    const bytes = Buffer.alloc(48);
    bytes.write('Exif\0\0II*\0', 'latin1');
    bytes.writeUInt32LE(14, 10);
    bytes.writeUInt16LE(2, 20);
    bytes.writeUInt16LE(0x0100, 22);
    bytes.writeUInt16LE(0x0112, 34);
    bytes.writeUInt16LE(3, 36);
    bytes.writeUInt32LE(1, 38);
    bytes.writeUInt16LE(orientation, 42);
    return bytes;
  };

  const orientationOf = async (bytes: Buffer) => (await outlineJpeg(bytes)).orientation;

  it('is found behind other segments and entries', async () => {
    const other = segment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0<x/>'));
    const bytes = jpeg(segment(0xe0, Buffer.alloc(14)), other, segment(0xe1, exif(8)));
    expect(await orientationOf(bytes)).toBe(8);
  });

  it('counts for upright where it is none of the eight', async () => {
    for (const value of [0, 9, 65_535]) expect(await orientationOf(jpeg(segment(0xe1, exif(value))))).toBe(1);
    expect(await orientationOf(jpeg())).toBe(1);
  });

  const types = { BYTE: 1, SHORT: 3, LONG: 4, SBYTE: 6, SSHORT: 8, SLONG: 9 } as const;
  const stored = Object.entries(types).flatMap(([name, type]) =>
    (['II', 'MM'] as const).flatMap((order) =>
      (['jpeg', 'png', 'webp'] as const).map((format) => ({ name, type, order, format })),
    ),
  );
  it.each(stored)('is read as $name, $order, in $format, by the look as by the converter', async (how) => {
    const picture = await plain(WIDTH, HEIGHT).toFormat(how.format).toBuffer();
    const bytes = withExif(picture, exifOf(6, how.type, how.order));
    const fitted = await fitPicture(bytes, CLASSIFY);
    expect(fitted.picture).toMatchObject({ width: HEIGHT, height: WIDTH });
    expect(fitted.sent.steps[0]).toBe('turned upright (EXIF orientation 6)');
    const look = await lookAt(bytes);
    if (look.kind === 'plain') expect(look.orientation).toBe(6);
  });

  it('is not read in an AVIF, which tells its turn by a property of its own', async () => {
    const bytes = await plain(WIDTH, HEIGHT).withMetadata({ orientation: 6 }).avif({ effort: 0 }).toBuffer();
    const upright = { width: HEIGHT, height: WIDTH };
    expect((await fitPicture(bytes, CLASSIFY)).picture).toMatchObject(upright);
    const at = bytes.indexOf('irot');
    expect(at).toBeGreaterThan(0);
    bytes.write('free', at, 'latin1');
    expect((await fitPicture(bytes, CLASSIFY)).picture).toMatchObject({ width: WIDTH, height: HEIGHT });
  });

  it('never makes the app stumble over a damaged block', async () => {
    const whole = segment(0xe1, exif(6));
    const changed = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(changed, async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        const orientation = await orientationOf(jpeg(bytes));
        expect(orientation >= 1 && orientation <= 8).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
