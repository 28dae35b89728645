import { KeylessError } from '../../src/errors/errors.ts';
import { MAX_ASPECT, MAX_BYTES, MAX_SIDE, sidesFit } from '../../src/pictures/limits.ts';
import { type Look, lookAt } from '../../src/pictures/look/look.ts';
import { Refusal } from './refusal.ts';

/**
 * Throws a Refusal when the service would not take the picture, by the app’s own look at its bytes: two readers would
 * differ in what they read. Nothing is decoded yet.
 */
export async function checkPicture(picture: Uint8Array): Promise<void> {
  if (picture.length > MAX_BYTES) throw new Refusal('BadRequestImageSizeBytes');
  const look = await lookAt(Buffer.from(picture.buffer, picture.byteOffset, picture.length)).catch(refuse);
  if (look.kind !== 'plain') {
    throw new Refusal('BadRequestImageFormat', {
      message: `Bad Request Image Format: jpg, png, bmp or gif was expected, but this is ${look.name}.`,
    });
  }
  const { width, height } = look.size;
  if (!sidesFit(look.size)) {
    throw new Refusal('BadRequestImageDimensions', {
      message: `Bad Request Image Dimensions: ${width} x ${height}; a side may have ${MAX_SIDE} pixels, and the sides a ratio of ${MAX_ASPECT} to 1.`,
    });
  }
}

function refuse(cause: unknown): Look {
  if (!(cause instanceof KeylessError)) throw cause;
  throw new Refusal('BadRequestImageFormat', {
    message: `Bad Request Image Format: ${cause.message}`,
    cause,
  });
}
