import type { Pixels } from './bitmap.ts';
import { loadConverter } from './converter.ts';
import { aspectOf, MAX_ASPECT, MAX_BYTES, type Size, scaled, scaleWithin } from './limits.ts';

/** In pixels from the top left. */
export type Region = Size & { left: number; top: number };

/** A region as a JPEG that Custom Vision takes. */
export type Shrunk = Size & {
  bytes: Buffer;
  quality: number;
  /** Where the region lies in it; the rest is padding. */
  content: Region;
};

/** Hard to see against the original, and where the eye begins to notice. */
const FINE = 90;
const FAIR = 80;
/** FAIR is known to take at most this part of what FINE takes; a larger file needs fewer pixels. */
const FAIR_SAVES = 1.6;
const PADDING = { r: 128, g: 128, b: 128 };

/** Makes a JPEG of a region that is within every limit: coarser first, then with fewer pixels; never enlarged. */
export async function shrink(pixels: Pixels, region: Region): Promise<Shrunk> {
  let quality = FINE;
  for (let scale = scaleWithin(region); ; ) {
    const shrunk = await encode(pixels, region, scale, quality);
    const size = shrunk.bytes.length;
    if (size <= MAX_BYTES) return shrunk;
    if (quality === FINE && size < FAIR_SAVES * MAX_BYTES) quality = FAIR;
    else scale *= Math.min(0.95, Math.sqrt((0.95 * MAX_BYTES) / size));
  }
}

async function encode(pixels: Pixels, region: Region, scale: number, quality: number): Promise<Shrunk> {
  const sharp = await loadConverter();
  const { data, width, height } = pixels;
  const inner = scaled(region, scale);
  const outer = padded(inner);
  const left = Math.floor((outer.width - inner.width) / 2);
  const top = Math.floor((outer.height - inner.height) / 2);
  const right = outer.width - inner.width - left;
  const bottom = outer.height - inner.height - top;
  let image = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false }).extract(region);
  if (scale < 1) image = image.resize(inner.width, inner.height, { fit: 'fill' });
  const bytes = await image
    .extend({ left, top, right, bottom, background: PADDING })
    .jpeg({ quality })
    .toBuffer();
  return { bytes, quality, ...outer, content: { left, top, ...inner } };
}

/** A strip gets grey bars at its long sides, up to 25:1: squeezed, the things on it would lose their shapes. */
function padded(size: Size): Size {
  if (aspectOf(size) <= MAX_ASPECT) return size;
  const least = Math.ceil(Math.max(size.width, size.height) / MAX_ASPECT);
  return { width: Math.max(size.width, least), height: Math.max(size.height, least) };
}
