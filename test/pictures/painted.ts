import sharp, { type Sharp } from 'sharp';
import { KeylessError } from '../../src/errors/errors.ts';
import { type FitOptions, fitPicture } from '../../src/pictures/fit.ts';

export const CLASSIFY: FitOptions = { task: 'classify', tiles: false };
export const DETECT: FitOptions = { task: 'detect', tiles: false };
export const TILES: FitOptions = { task: 'detect', tiles: true };

/** Grain that no codec can squeeze much. */
export const noise = (width: number, height: number, sigma = 40): Sharp =>
  sharp({
    create: { width, height, channels: 3, background: 'grey', noise: { type: 'gaussian', mean: 120, sigma } },
    limitInputPixels: false,
  });

export const plain = (width: number, height: number, colour = 'teal'): Sharp =>
  sharp({ create: { width, height, channels: 3, background: colour }, limitInputPixels: false });

export type Colour = readonly [number, number, number];

/** The colour at a place given in fractions. */
export async function colourAt(bytes: Buffer, x: number, y: number): Promise<Colour> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at =
    (Math.floor(y * (info.height - 1)) * info.width + Math.floor(x * (info.width - 1))) * info.channels;
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
}

/** Where the red is, in fractions; undefined where there is none. */
export async function redBox(bytes: Buffer) {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * channels;
      if ((data[at] ?? 0) < 180 || (data[at + 1] ?? 0) > 90 || (data[at + 2] ?? 0) > 90) continue;
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, x);
      bottom = Math.max(bottom, y);
    }
  }
  if (right < 0) return undefined;
  return {
    left: left / width,
    top: top / height,
    width: (right + 1 - left) / width,
    height: (bottom + 1 - top) / height,
  };
}

/** What fitPicture makes of the bytes: `fit` or a code of the book; anything else thrown fails the test. */
export async function verdict(bytes: Buffer, how = CLASSIFY): Promise<string> {
  try {
    await fitPicture(bytes, how);
    return 'fit';
  } catch (error) {
    if (error instanceof KeylessError) return error.code;
    throw error;
  }
}
