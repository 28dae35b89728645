import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import type { ModelInput } from '../../src/exports/modelInput.ts';
import { UndecodableImage } from '../../src/exports/predictor.ts';
import { preprocess } from '../../src/exports/preprocess.ts';
import { bitmapFile } from './bitmapFile.ts';

const input: ModelInput = { name: 'data', width: 2, height: 2, order: 'rgb', scale: 1 };
const red = [255, 0, 0] as const;
const green = [0, 255, 0] as const;
const blue = [0, 0, 255] as const;
const white = [255, 255, 255] as const;
const quarters = [
  [red, green],
  [blue, white],
];
/** The three planes of the quarters. */
const quarterPlanes = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255];

const drawn = (pixels: readonly (readonly (readonly number[])[])[]): Sharp => {
  const raw = { width: pixels[0]?.length ?? 0, height: pixels.length, channels: 3 as const };
  return sharp(Buffer.from(pixels.flat(2)), { raw });
};
const large = (picture: Sharp) => picture.resize(64, 64, { kernel: 'nearest' });
const read = async (image: Uint8Array, wanted = input, crop = false) => [
  ...(await preprocess(image, wanted, crop)),
];
const close = (planes: number[], wanted: number[], tolerance: number) => {
  expect(planes).toHaveLength(wanted.length);
  for (const [i, value] of planes.entries()) {
    expect(Math.abs(value - (wanted[i] ?? -1)), `value ${i}`).toBeLessThan(tolerance);
  }
};

describe('pictures of every kind the service takes', () => {
  test('PNG, in planes of red, green, blue', async () => {
    expect(await read(await drawn(quarters).png().toBuffer())).toEqual(quarterPlanes);
  });

  test('GIF, of which the first frame counts', async () => {
    const frame = await sharp({ create: { width: 2, height: 2, channels: 3, background: '#f00' } })
      .png()
      .toBuffer();
    const second = await sharp({ create: { width: 2, height: 2, channels: 3, background: '#00f' } })
      .png()
      .toBuffer();
    const gif = await sharp([frame, second], { join: { animated: true } })
      .gif()
      .toBuffer();
    expect((await sharp(gif).metadata()).pages).toBe(2);
    close(await read(gif), [255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0], 3);
  });

  test.each([
    { bits: 24, topDown: false },
    { bits: 24, topDown: true },
    { bits: 32, topDown: false },
    { bits: 32, topDown: true },
  ] as const)('BMP with $bits bits per pixel, top row first: $topDown', async ({ bits, topDown }) => {
    expect(await read(bitmapFile(quarters, bits, topDown))).toEqual(quarterPlanes);
  });

  test('BMP whose rows are padded', async () => {
    const wide = { ...input, width: 3, height: 1 };
    const planes = await read(bitmapFile([[red, green, blue]], 24), wide);
    expect(planes).toEqual([255, 0, 0, 0, 255, 0, 0, 0, 255]);
  });

  test('JPEG that a camera turned, upright', async () => {
    const lying = [
      [green, white],
      [red, blue],
    ];
    const jpeg = await large(drawn(lying))
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    close(await read(jpeg), quarterPlanes, 60);
  });

  test('grey JPEG, with the same value in every plane', async () => {
    const grey = sharp({ create: { width: 16, height: 16, channels: 3, background: '#646464' } }).greyscale();
    const jpeg = await grey.toColourspace('b-w').jpeg().toBuffer();
    expect((await sharp(jpeg).metadata()).channels).toBe(1);
    close(await read(jpeg), Array(12).fill(100), 2);
  });

  test('PNG with alpha, on white', async () => {
    const see = sharp({
      create: { width: 4, height: 4, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    });
    expect(await read(await see.png().toBuffer())).toEqual(Array(12).fill(255));
  });

  test('grey PNG with alpha and 16 bits', async () => {
    const see = sharp({
      create: { width: 4, height: 4, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    });
    const png = await see.toColourspace('grey16').png().toBuffer();
    expect(await read(png)).toEqual(Array(12).fill(255));
  });
});

describe('what the model wants', () => {
  test('blue first and values up to one', async () => {
    const png = await drawn(quarters).png().toBuffer();
    const planes = await read(png, { ...input, order: 'bgr', scale: 1 / 255 });
    expect(planes).toEqual([0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1]);
  });

  test('the whole picture stretched, or its middle square', async () => {
    const row = [red, red, ...Array(4).fill(blue), red, red];
    const png = await drawn(Array(4).fill(row)).png().toBuffer();
    const reds = async (crop: boolean) => (await read(png, input, crop)).slice(0, 4);
    expect(Math.max(...(await reds(true)))).toBeLessThan(50);
    expect(Math.min(...(await reds(false)))).toBeGreaterThan(100);
  });
});

describe('bytes that are no picture', () => {
  const noisy = async () => large(drawn(quarters)).jpeg().toBuffer();
  test.each([
    ['nothing', async () => new Uint8Array()],
    ['text', async () => Buffer.from('This is not a picture.')],
    ['a JPEG cut in half', async () => (await noisy()).subarray(0, (await noisy()).length / 2)],
    [
      'a PNG cut in half',
      async () => (await drawn(quarters).resize(300, 300).png().toBuffer()).subarray(0, 500),
    ],
    ['a BMP cut in its pixels', async () => bitmapFile(quarters, 24).subarray(0, 60)],
    ['a BMP cut in its header', async () => bitmapFile(quarters, 24).subarray(0, 20)],
    [
      'SVG, which the service does not take',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    ],
    ['WebP, which the service does not take', async () => drawn(quarters).webp().toBuffer()],
  ])('%s', async (_, make) => {
    await expect(preprocess(await make(), input, false)).rejects.toBeInstanceOf(UndecodableImage);
  });

  test('a BMP of a variant that nobody reads is refused with what was expected', async () => {
    const inside = bitmapFile(quarters, 24);
    inside.writeUInt32LE(5, 30);
    await expect(preprocess(inside, input, false)).rejects.toThrow(
      /bit fields, RLE4 or RLE8; it is compressed/,
    );
  });

  test('a BMP that claims more pixels than the limit is refused before memory is taken', async () => {
    const huge = bitmapFile(quarters, 24);
    huge.writeInt32LE(100_000, 18);
    huge.writeInt32LE(100_000, 22);
    await expect(preprocess(huge, input, false)).rejects.toThrow(/ends early/);
    huge.writeInt32LE(0x7fffffff, 18);
    huge.writeInt32LE(1, 22);
    huge.writeUInt16LE(8, 28);
    huge.writeUInt32LE(1, 30); // runs, which may leave all of it out
    huge.set([0, 1], 54);
    await expect(preprocess(huge, input, false)).rejects.toThrow(/at most 100 megapixels/);
  });
});
