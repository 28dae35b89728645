import { imageSize } from 'image-size';
import { Refusal } from './refusal.ts';

/** The most a picture may weigh: https://learn.microsoft.com/azure/ai-services/custom-vision-service/limits-and-quotas */
export const MAX_PICTURE_BYTES = 4 * 1024 * 1024;
/** https://learn.microsoft.com/azure/ai-services/custom-vision-service/limits-and-quotas */
const FORMATS = ['jpg', 'png', 'bmp', 'gif'];
/** 10,240 is documented, over 10,000 is refused: https://github.com/MicrosoftDocs/azure-docs/issues/117855 */
const MAX_SIDE_PIXELS = 10_000;
const MAX_ASPECT_RATIO = 25;

/** Throws a Refusal when the service would not take the picture; a look at the head only, nothing is decoded. */
export function checkPicture(picture: Uint8Array): void {
  if (picture.length > MAX_PICTURE_BYTES) throw new Refusal('BadRequestImageSizeBytes');
  const { width, height, type } = measure(picture);
  if (!type || !FORMATS.includes(type)) {
    throw new Refusal('BadRequestImageFormat', {
      message: `Bad Request Image Format: jpg, png, bmp or gif was expected, but this is ${type ?? 'none of them'}.`,
    });
  }
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  if (long > MAX_SIDE_PIXELS || long > MAX_ASPECT_RATIO * short) {
    throw new Refusal('BadRequestImageDimensions', {
      message: `Bad Request Image Dimensions: ${width} x ${height}; a side may have ${MAX_SIDE_PIXELS} pixels, and the sides a ratio of ${MAX_ASPECT_RATIO} to 1.`,
    });
  }
}

function measure(picture: Uint8Array) {
  try {
    return imageSize(picture);
  } catch (cause) {
    throw new Refusal('BadRequestImageFormat', { cause });
  }
}
