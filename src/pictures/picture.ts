import { createHash } from 'node:crypto';
import { imageSize } from 'image-size';
import { KeylessError } from '../errors.ts';
import { contentTypes, sniff } from './format.ts';
import { isTruncated } from './truncation.ts';

export type Picture = {
  bytes: Buffer;
  contentType: string;
  /** Pixels, as stored. */
  width: number;
  height: number;
  /** Hex. */
  sha256: string;
};

/** Custom Vision’s limit for a scored picture. */
export const MAX_BYTES = 4 * 1024 * 1024;
/** 10,240 is documented, over 10,000 is refused: https://github.com/MicrosoftDocs/azure-docs/issues/117855 */
const MAX_SIDE = 10_000;
const MAX_ASPECT = 25;

/** Looks a picture over at the door. Throws a KeylessError with the measured numbers where Custom Vision would refuse it. */
export function readPicture(bytes: Buffer): Picture {
  if (bytes.length === 0)
    throw new KeylessError('ImageMissing', 'Expected the bytes of a picture, got 0 bytes.');
  const found = sniff(bytes);
  if ('other' in found) {
    throw new KeylessError(
      'ImageTypeUnsupported',
      `Expected JPEG, PNG, GIF or BMP, got ${found.other ?? `${bytes.length} bytes that begin with ${bytes.toString('hex', 0, 8)}`}.`,
    );
  }
  if (bytes.length > MAX_BYTES) {
    throw new KeylessError(
      'ImageTooLarge',
      `Expected at most ${MAX_BYTES.toLocaleString('en')} bytes, got ${bytes.length.toLocaleString('en')}.`,
    );
  }
  if (isTruncated(bytes, found.format)) {
    throw new KeylessError(
      'ImageTruncated',
      `The ${found.format.toUpperCase()} ends early, after ${bytes.length.toLocaleString('en')} bytes.`,
    );
  }
  const { width, height } = dimensions(bytes);
  const aspect = Math.max(width, height) / Math.min(width, height);
  if (Math.max(width, height) > MAX_SIDE || aspect > MAX_ASPECT) {
    throw new KeylessError(
      'ImageDimensionsUnsupported',
      `Expected sides up to ${MAX_SIDE.toLocaleString('en')} pixels and up to ${MAX_ASPECT}:1, got ${width} × ${height} pixels (${aspect.toFixed(1)}:1).`,
    );
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, contentType: contentTypes[found.format], width, height, sha256 };
}

function dimensions(bytes: Buffer): { width: number; height: number } {
  let size: { width: number; height: number } | undefined;
  let cause: unknown;
  try {
    size = imageSize(bytes);
  } catch (error) {
    cause = error;
  }
  if (size && size.width > 0 && size.height > 0) return { width: size.width, height: size.height };
  throw new KeylessError('ImageUndecodable', 'The picture’s header does not tell its width and height.', {
    cause,
  });
}
