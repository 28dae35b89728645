import { readFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Pixels } from '../../src/exports/pixels.ts';
import { prepare } from '../../src/exports/prepare.ts';
import { tensorOf } from '../../src/exports/tensor.ts';
import { bitmapFile } from './bitmapFile.ts';

const input: Pixels = {
  ...{ input: 'data', batch: 1, planes: true, order: 'rgb', factors: [1, 1, 1], offsets: [0, 0, 0] },
  ...{ size: { width: 2, height: 2 }, crop: false, margin: 1 },
};
const apple = readFileSync(new URL('../../local/samples/pictures/apple.jpg', import.meta.url));
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
const tensor = async (image: Buffer, wanted = input) => tensorOf(await prepare(image, wanted), wanted);
const read = async (image: Buffer, wanted = input) => [...(await tensor(image, wanted)).data];
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
    const wide = { ...input, size: { width: 3, height: 1 } };
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
    const planes = await read(png, { ...input, order: 'bgr', factors: Array(3).fill(1 / 255) });
    expect(planes).toEqual([0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1]);
  });

  test('the whole picture stretched, or its middle square', async () => {
    const row = [red, red, ...Array(4).fill(blue), red, red];
    const png = await drawn(Array(4).fill(row)).png().toBuffer();
    const reds = async (crop: boolean) => (await read(png, { ...input, crop })).slice(0, 4);
    expect(Math.max(...(await reds(true)))).toBeLessThan(50);
    expect(Math.min(...(await reds(false)))).toBeGreaterThan(100);
  });
});

test('colours beside each other, for models that came from TensorFlow', async () => {
  const png = await drawn(quarters).png().toBuffer();
  const { data, dims } = await tensor(png, { ...input, planes: false });
  expect([...data]).toEqual(quarters.flat(2));
  expect(dims).toEqual([1, 2, 2, 3]);
});

test('each colour with a factor and an offset of its own, in the order that the model takes them', async () => {
  const png = await drawn([[[10, 20, 30]]])
    .png()
    .toBuffer();
  const wanted: Pixels = {
    ...{ ...input, order: 'bgr', size: { width: 1, height: 1 } },
    ...{ factors: [1, 2, 3], offsets: [0, -1, -2] },
  };
  expect(await read(png, wanted)).toEqual([30, 39, 28]);
});

test.each([
  ['pixels', 512, { width: 640, height: 480 }, [1, 3, 448, 608]],
  ['pixels', 512, { width: 512, height: 512 }, [1, 3, 512, 512]],
  ['shorter', 224, { width: 640, height: 480 }, [1, 3, 224, 320]],
  ['shorter', 224, { width: 480, height: 640 }, [1, 3, 320, 224]],
] as const)('sides aligned to 32 by %s of %i: %j becomes %j', async (by, target, size, dims) => {
  const picture = sharp({ create: { ...size, channels: 3, background: '#777' } });
  const made = await tensor(await picture.png().toBuffer(), { ...input, size: { target, by } });
  expect(made.dims).toEqual(dims);
});

test('the middle of a picture made larger than wanted, as AutoML shows it', async () => {
  const inner = await drawn(Array(14).fill(Array(14).fill(red)))
    .png()
    .toBuffer();
  const framed = drawn(Array(16).fill(Array(16).fill(blue))).composite([{ input: inner, left: 1, top: 1 }]);
  const wanted = { ...input, size: { width: 14, height: 14 }, margin: 16 / 14 };
  const planes = await read(await framed.png().toBuffer(), wanted);
  expect(planes.slice(0, 196)).toEqual(Array(196).fill(255));
});

test('memory is asked for before anything is decoded', async () => {
  const png = await drawn(quarters).png().toBuffer();
  const refuse = () => Promise.reject(new Error('no memory'));
  await expect(prepare(png, input, refuse)).rejects.toThrow('no memory');
});

describe('bytes that are no picture', () => {
  const noisy = async () => large(drawn(quarters)).jpeg().toBuffer();
  test.each([
    ['nothing', async () => Buffer.alloc(0), 'ImageMissing'],
    ['text', async () => Buffer.from('This is not a picture.'), 'ImageTypeUnsupported'],
    [
      'a JPEG cut in half',
      async () => (await noisy()).subarray(0, (await noisy()).length / 2),
      'ImageTruncated',
    ],
    ['a photograph cut in its pixels', async () => apple.subarray(0, apple.length * 0.6), 'ImageTruncated'],
    ['a BMP cut in its pixels', async () => bitmapFile(quarters, 24).subarray(0, 60), 'ImageTruncated'],
  ])('%s', async (_, make, code) => {
    await expect(prepare(await make(), input)).rejects.toMatchObject({ code });
  });
});
