import type { Sharp } from 'sharp';
import { type AdmitDecoding, atOnce } from '../pictures/converter.ts';
import { decodedBytes } from '../pictures/decodedBytes.ts';
import type { Size } from '../pictures/limits.ts';
import { lookAt } from '../pictures/look/look.ts';
import { decodingOf, openSource } from '../pictures/source.ts';
import type { Shown } from './answer.ts';
import type { Pixels } from './pixels.ts';

/** A picture in the size that a model takes, in bytes of red, green and blue or of grey, and which part of it that is. */
export type Prepared = { data: Uint8Array; channels: number; size: Size; shown: Shown };

const ALIGNED = 32;
const MOST_SIDE = 8_192;

/**
 * The picture as the model wants it: upright, on white, in sRGB, first frame, resized; whole, or its middle square.
 * Rejects with a KeylessError when the bytes are no picture.
 */
export async function prepare(
  bytes: Buffer,
  pixels: Pixels,
  admit: AdmitDecoding = atOnce,
): Promise<Prepared> {
  const look = await lookAt(bytes);
  const source = await decodingOf(bytes, look, () => openSource(bytes, look));
  const shown = pixels.crop ? middleOf(source.size) : { left: 0, top: 0, width: 1, height: 1 };
  const { width, height } = sizeFor(pixels.size, {
    width: source.size.width * shown.width,
    height: source.size.height * shown.height,
  });
  const scale = Math.min(1, Math.max(width / source.size.width, height / source.size.height));
  await admit(decodedBytes(source.stored, scale, false));
  const { data, info } = await decodingOf(bytes, look, async () =>
    resized(await source.open(), { width, height }, pixels)
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  );
  return { data, channels: info.channels, size: { width, height }, shown };
}

function resized(picture: Sharp, { width, height }: Size, { crop, margin }: Pixels): Sharp {
  const outer = { width: Math.round(width * margin), height: Math.round(height * margin) };
  const whole = picture.resize(outer.width, outer.height, { fit: crop ? 'cover' : 'fill', kernel: 'linear' });
  if (margin === 1) return whole;
  const left = Math.floor((outer.width - width) / 2);
  const top = Math.floor((outer.height - height) / 2);
  return whole.extract({ left, top, width, height });
}

function middleOf({ width, height }: Size): Shown {
  const side = Math.min(width, height);
  const [across, down] = [side / width, side / height];
  return { left: (1 - across) / 2, top: (1 - down) / 2, width: across, height: down };
}

/** Fixed, or the picture’s own proportions with about so many pixels, or so long a shorter side, in steps of 32. */
function sizeFor(size: Pixels['size'], { width, height }: Size): Size {
  if ('width' in size) return size;
  const scale =
    size.by === 'pixels' ? size.target / Math.sqrt(width * height) : size.target / Math.min(width, height);
  const aligned = (side: number) =>
    Math.min(MOST_SIDE, ALIGNED * Math.max(1, Math.ceil(Math.floor(side * scale + 1e-9) / ALIGNED)));
  return { width: aligned(width), height: aligned(height) };
}
