import { KeylessError } from '../../errors/errors.ts';
import { contentTypes, type Format, sniff } from '../format.ts';
import { MAX_PIXELS, pixelsOf, refuseTooLarge, type Size, sizeText } from '../limits.ts';
import { outlineBmp } from './bmp.ts';
import { outlineAvif, outlineWebp } from './converted.ts';
import { encodedPicture } from './encodedPicture.ts';
import { outlineGif } from './gif.ts';
import { outlineJpeg } from './jpeg.ts';
import type { Decoded, Outline } from './outline.ts';
import { outlinePng } from './png.ts';
import { outlineTiff } from './tiff.ts';

/** Types that Custom Vision does not read and this app converts, by the names that sniff gives them. */
export type Convertible = 'WebP' | 'AVIF' | 'TIFF';
const convertibles: Record<Convertible, string> = {
  WebP: 'image/webp',
  AVIF: 'image/avif',
  TIFF: 'image/tiff',
};

type Seen = {
  contentType: string;
  /** What people call the type. */
  name: string;
  /** Whether the end of the picture was seen; where not, decoding tells whether anything is missing. */
  ended: boolean;
  decoded: Decoded;
};
/** Of a type that Custom Vision reads. */
export type PlainLook = Seen & {
  kind: 'plain';
  format: Format;
  /** As stored. */
  size: Size;
  /** EXIF, 1 to 8. */
  orientation: number;
};
export type Look = PlainLook | (Seen & { kind: 'convertible' });

/**
 * The one look at the bytes of a picture: its type by the first of them, then a walk over its structure, linear and
 * without holding the event loop. Nothing is decoded, and nothing refused that decoders take. Rejects with a KeylessError
 * that has the measured numbers.
 */
export async function lookAt(bytes: Buffer): Promise<Look> {
  if (bytes.length === 0)
    throw new KeylessError('ImageMissing', 'Expected the bytes of a picture, got 0 bytes.');
  refuseTooLarge(bytes.length);
  const found = sniff(bytes);
  if ('other' in found) {
    if (!isConvertible(found.other)) throw encodedPicture(bytes) ?? unsupported(bytes, found.other);
    return convertible(bytes, found.other);
  }
  const { format } = found;
  const name = format.toUpperCase();
  const { size, orientation, end, decoded = {} } = await outlines[format](bytes);
  if (end === 'early') throw endsEarly(bytes.length, name);
  if (!size || pixelsOf(size) === 0)
    throw new KeylessError('ImageUndecodable', `The ${name}’s header does not tell its width and height.`);
  checkPixels(size);
  const contentType = contentTypes[format];
  return { kind: 'plain', format, name, contentType, size, orientation, ended: end === 'seen', decoded };
}

const outlines: Record<Format, (bytes: Buffer) => Outline | Promise<Outline>> = {
  jpeg: outlineJpeg,
  png: outlinePng,
  gif: outlineGif,
  bmp: outlineBmp,
};

const convertibleOutlines: Record<Convertible, (bytes: Buffer) => Outline> = {
  WebP: outlineWebp,
  AVIF: outlineAvif,
  TIFF: outlineTiff,
};

/** Its size is asked of the converter, which reads it anyway. */
function convertible(bytes: Buffer, name: Convertible): Look {
  const { end, decoded = {} } = convertibleOutlines[name](bytes);
  if (end === 'early') throw endsEarly(bytes.length, name);
  const contentType = convertibles[name];
  return { kind: 'convertible', name, contentType, ended: end === 'seen', decoded };
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

/** What is said of a picture that is cut off, however that was found. */
export const endsEarly = (length: number, name: string, cause?: unknown): KeylessError =>
  new KeylessError(
    'ImageTruncated',
    `The ${name} ends early, after ${length.toLocaleString('en')} bytes.`,
    cause === undefined ? {} : { cause },
  );
