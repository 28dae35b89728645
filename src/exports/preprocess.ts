import type { Sharp } from 'sharp';
import { lookAt } from '../pictures/look/look.ts';
import { openSource } from '../pictures/source.ts';
import type { ModelInput } from './modelInput.ts';
import { UndecodableImage } from './predictor.ts';

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

/** By the app’s own reader, and of the types that the service takes. */
async function open(image: Uint8Array): Promise<Sharp> {
  const bytes = Buffer.from(image.buffer, image.byteOffset, image.length);
  const look = await lookAt(bytes);
  if (look.kind === 'plain') return (await openSource(bytes, look)).open();
  throw new UndecodableImage(`Expected a JPEG, PNG, GIF or BMP picture, but it is ${look.name}.`);
}
