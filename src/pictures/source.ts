import type { Sharp } from 'sharp';
import { decodeBitmap } from './bitmap.ts';
import { decoding, loadConverter } from './converter.ts';
import { checkPixels, type Header } from './header.ts';
import { MAX_PIXELS, type Size } from './limits.ts';

/** Opens a picture anew: upright, in sRGB, on white. Nothing is decoded before something is asked of it. */
export type Open = () => Sharp;

export type Source = {
  /** Upright. */
  size: Size;
  open: Open;
  /** What opening does to the picture, for people. */
  steps: string[];
};

/** Reads what the header of a picture tells the converter. */
export function openSource(bytes: Buffer, header: Header): Promise<Source> {
  return header.kind === 'plain' && header.format === 'bmp'
    ? bitmapSource(bytes, header.size)
    : decoding(header.name, () => fileSource(bytes, header.name));
}

async function bitmapSource(bytes: Buffer, size: Size): Promise<Source> {
  const sharp = await loadConverter();
  const open = () => sharp(decodeBitmap(bytes), { raw: { ...size, channels: 3 } });
  return { size, open, steps: ['converted from BMP'] };
}

async function fileSource(bytes: Buffer, name: string): Promise<Source> {
  const sharp = await loadConverter();
  // The limit is checked here, with numbers; the converter’s own would only say that it was exceeded.
  const told = await sharp(bytes, { limitInputPixels: false }).metadata();
  const { width, height } = told.autoOrient;
  checkPixels({ width, height });

  const { orientation = 1, pages = 1, hasAlpha } = told;
  const steps = [
    orientation > 1 && `turned upright (EXIF orientation ${orientation})`,
    pages > 1 && `first of ${pages} ${name === 'TIFF' ? 'pages' : 'frames'} taken`,
    hasAlpha && 'transparent parts laid on white',
    name !== 'JPEG' && `converted from ${name}`,
  ].filter((step) => step !== false);

  // A warning is no reason to refuse what every viewer shows; missing or damaged data is.
  const open = () =>
    sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
      .autoOrient()
      .flatten({ background: 'white' })
      .toColourspace('srgb');
  return { size: { width, height }, open, steps };
}

/** Decodes a picture whole, so that opening it again costs nothing: three bytes a pixel. */
export async function decodeOnce(open: Open): Promise<Open> {
  const sharp = await loadConverter();
  const { data, info } = await open().raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return () => sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
}
