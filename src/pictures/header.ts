import { imageSize } from 'image-size';
import { KeylessError } from '../errors/errors.ts';
import { isCutOff } from './cutOff.ts';
import { contentTypes, type Format, sniff } from './format.ts';
import { MAX_PIXELS, MAX_UPLOAD_BYTES, pixelsOf, type Size, sizeText } from './limits.ts';
import { readOrientation } from './orientation.ts';
import { isTruncated } from './truncation.ts';

/** Types that Custom Vision does not read and this app converts, by the names that sniff gives them. */
export type Convertible = 'WebP' | 'AVIF' | 'TIFF';
const convertibles: Record<Convertible, string> = {
  WebP: 'image/webp',
  AVIF: 'image/avif',
  TIFF: 'image/tiff',
};

export type Header = {
  contentType: string;
  /** What people call the type. */
  name: string;
} & (
  | { kind: 'plain'; format: Format /** As stored. */; size: Size /** EXIF, 1 to 8. */; orientation: number }
  | { kind: 'convertible' }
);

/** Looks a picture over by its first bytes and its structure; nothing is decoded. Throws a KeylessError with the measured numbers. */
export function readHeader(bytes: Buffer): Header {
  if (bytes.length === 0)
    throw new KeylessError('ImageMissing', 'Expected the bytes of a picture, got 0 bytes.');
  if (bytes.length > MAX_UPLOAD_BYTES) {
    throw new KeylessError(
      'ImageTooLarge',
      `Expected at most ${MAX_UPLOAD_BYTES.toLocaleString('en')} bytes, got ${bytes.length.toLocaleString('en')}.`,
    );
  }
  const found = sniff(bytes);
  if ('other' in found) {
    if (!isConvertible(found.other)) throw unsupported(bytes, found.other);
    if (isCutOff(bytes, found.other)) throw endsEarly(bytes, found.other);
    return { kind: 'convertible', name: found.other, contentType: convertibles[found.other] };
  }
  const { format } = found;
  const name = format.toUpperCase();
  if (isTruncated(bytes, format)) throw endsEarly(bytes, name);
  const size = plainSize(bytes);
  checkPixels(size);
  const orientation = readOrientation(bytes, format);
  return { kind: 'plain', format, name, contentType: contentTypes[format], size, orientation };
}

/** Before anything is decoded: a small file may tell of more pixels than there is memory. */
export function checkPixels(size: Size): void {
  if (pixelsOf(size) <= MAX_PIXELS) return;
  throw new KeylessError(
    'ImageTooManyPixels',
    `Expected at most ${MAX_PIXELS / 1e6} megapixels, got ${sizeText(size)} pixels, ${Math.round(pixelsOf(size) / 1e6).toLocaleString('en')} megapixels.`,
  );
}

const isConvertible = (name: string | undefined): name is Convertible =>
  name !== undefined && Object.hasOwn(convertibles, name);

function unsupported(bytes: Buffer, name: string | undefined): KeylessError {
  return new KeylessError(
    'ImageTypeUnsupported',
    `Expected JPEG, PNG, GIF, BMP, WebP, AVIF or TIFF, got ${name ?? `${bytes.length} bytes that begin with ${bytes.toString('hex', 0, 8)}`}.`,
    { fix: 'Convert the picture to JPEG or PNG and send it again.' },
  );
}

const endsEarly = (bytes: Buffer, name: string): KeylessError =>
  new KeylessError(
    'ImageTruncated',
    `The ${name} ends early, after ${bytes.length.toLocaleString('en')} bytes.`,
  );

function plainSize(bytes: Buffer): Size {
  let cause: unknown;
  try {
    const { width, height } = imageSize(bytes);
    if (width > 0 && height > 0) return { width, height };
  } catch (error) {
    cause = error;
  }
  throw new KeylessError('ImageUndecodable', 'The picture’s header does not tell its width and height.', {
    cause,
  });
}
