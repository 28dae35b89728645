import type { Sharp } from 'sharp';
import { decodeBitmap, type Pixels } from './bitmap.ts';
import { type Converter, decoding, loadConverter } from './converter.ts';
import { checkPixels, type Header } from './header.ts';
import { MAX_PIXELS, pixelsOf, type Size, scaled, scaleWithin } from './limits.ts';

/** A picture that is about to be decoded. */
export type Source = {
  /** Upright. */
  size: Size;
  /** What decoding does to it, for people. */
  steps: string[];
  /** Decodes it upright, in sRGB, on white; not all of its pixels where more are not sent, unless told to keep them. */
  decode(keepAll: boolean): Promise<Pixels>;
};

/** Reads what the converter tells of a picture, without decoding it. */
export async function openSource(bytes: Buffer, header: Header): Promise<Source> {
  const sharp = await loadConverter();
  return header.kind === 'plain' && header.format === 'bmp'
    ? bitmapSource(sharp, bytes, header.size)
    : decoding(header.name, () => fileSource(sharp, bytes, header));
}

function bitmapSource(sharp: Converter, bytes: Buffer, size: Size): Source {
  const open = () => {
    const { data, width, height } = decodeBitmap(bytes);
    return sharp(data, { raw: { width, height, channels: 3 } });
  };
  return { size, steps: ['converted from BMP'], decode: (keepAll) => decode(open(), size, keepAll) };
}

async function fileSource(sharp: Converter, bytes: Buffer, header: Header): Promise<Source> {
  // The limit is checked here, with numbers; the converter’s own would only say that it was exceeded.
  const told = await sharp(bytes, { limitInputPixels: false }).metadata();
  const size = told.autoOrient;
  checkPixels(size);
  const steps: string[] = [];
  const { orientation = 1, pages = 1 } = told;
  if (orientation > 1) steps.push(`turned upright (EXIF orientation ${orientation})`);
  if (pages > 1) steps.push(`first of ${pages} ${header.name === 'TIFF' ? 'pages' : 'frames'} taken`);
  if (told.hasAlpha) steps.push('transparent parts laid on white');
  if (header.name !== 'JPEG') steps.push(`converted from ${header.name}`);
  // A warning is no reason to refuse what every viewer shows; missing or damaged data is.
  const open = () => sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' }).autoOrient();
  return { size, steps, decode: (keepAll) => decode(open(), size, keepAll) };
}

async function decode(image: Sharp, size: Size, keepAll: boolean): Promise<Pixels> {
  const scale = keepAll ? 1 : scaleWithin(size);
  const { width, height } = scaled(size, scale);
  const sized = scale < 1 ? image.resize(width, height, { fit: 'fill' }) : image;
  const { data, info } = await sized
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3 || pixelsOf(info) * 3 !== data.length)
    throw new Error(`Expected three bytes a pixel, got ${info.channels}.`);
  return { data, width: info.width, height: info.height };
}
