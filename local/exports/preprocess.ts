import sharp, { type Sharp } from 'sharp';
import { decodeBitmap, isBitmap } from './bitmap.ts';
import type { ModelInput } from './modelInput.ts';
import { UndecodableImage } from './predictor.ts';

const limitPixels = 100_000_000;

/** What the service takes beside BMP; sharp could read more, such as SVG, which no server should take from strangers. */
const formats = ['jpeg', 'png', 'gif'];

/**
 * The picture as the model wants it: upright, on white, in sRGB, first frame, resized. `crop` keeps the middle square
 * instead of stretching. Rejects with UndecodableImage when the bytes are no picture.
 */
export async function preprocess(image: Uint8Array, input: ModelInput, crop: boolean): Promise<Float32Array> {
  const { width, height, order, scale } = input;
  const { data, channels } = await decode(image, width, height, crop);
  const pixels = width * height;
  const planes = new Float32Array(3 * pixels);
  for (let plane = 0; plane < 3; plane++) {
    const channel = channels < 3 ? 0 : order === 'bgr' ? 2 - plane : plane;
    for (let i = 0; i < pixels; i++) planes[plane * pixels + i] = (data[i * channels + channel] ?? 0) * scale;
  }
  return planes;
}

async function decode(image: Uint8Array, width: number, height: number, crop: boolean) {
  try {
    const picture = await open(image);
    const { data, info } = await picture
      .autoOrient()
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .resize(width, height, { fit: crop ? 'cover' : 'fill', kernel: 'linear' })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { data, channels: info.channels };
  } catch (cause) {
    if (cause instanceof UndecodableImage) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UndecodableImage(`The ${image.length} bytes cannot be read as a picture: ${reason}`, { cause });
  }
}

async function open(image: Uint8Array): Promise<Sharp> {
  if (isBitmap(image)) {
    const { data, width, height } = decodeBitmap(image, limitPixels);
    return sharp(data, { raw: { width, height, channels: 3 } });
  }
  const picture = sharp(image, { limitInputPixels: limitPixels, failOn: 'error' });
  const { format } = await picture.metadata();
  if (format !== undefined && formats.includes(format)) return picture;
  throw new UndecodableImage(`Expected a JPEG, PNG, GIF or BMP picture, but it is ${format}.`);
}
