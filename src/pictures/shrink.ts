import type { Sharp } from 'sharp';
import { aspectOf, MAX_ASPECT, MAX_BYTES, type Size, scaled, scaleWithin } from './limits.ts';
import type { Open } from './source.ts';

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

/**
 * Makes a JPEG of a picture, or of a region of it, that is within every limit: coarser first, then with fewer pixels;
 * never enlarged. The picture is opened anew for each try, which takes time instead of three bytes a pixel of memory.
 */
export async function shrink(open: Open, size: Size, region?: Region): Promise<Shrunk> {
  const from = region ?? size;
  let quality = FINE;
  for (let scale = scaleWithin(from); ; ) {
    const shrunk = await encode(region ? (await open()).extract(region) : await open(), from, scale, quality);
    const length = shrunk.bytes.length;
    if (length <= MAX_BYTES) return shrunk;
    if (quality === FINE && length < FAIR_SAVES * MAX_BYTES) quality = FAIR;
    else scale *= Math.min(0.95, Math.sqrt((0.95 * MAX_BYTES) / length));
  }
}

async function encode(image: Sharp, size: Size, scale: number, quality: number): Promise<Shrunk> {
  const inner = scaled(size, scale);
  const outer = padded(inner);
  const left = Math.floor((outer.width - inner.width) / 2);
  const top = Math.floor((outer.height - inner.height) / 2);
  const right = outer.width - inner.width - left;
  const bottom = outer.height - inner.height - top;
  const sized = scale < 1 ? image.resize(inner.width, inner.height, { fit: 'fill' }) : image;
  const bytes = await sized
    .extend({ left, top, right, bottom, background: PADDING })
    // Optimised coding holds all coefficients in memory, as much again as the pixels, for a few per cent.
    .jpeg({ quality, optimiseCoding: false })
    .toBuffer();
  return { bytes, quality, ...outer, content: { left, top, ...inner } };
}

/** A strip gets grey bars at its long sides, up to 25:1: squeezed, the things on it would lose their shapes. */
function padded(size: Size): Size {
  if (aspectOf(size) <= MAX_ASPECT) return size;
  const least = Math.ceil(Math.max(size.width, size.height) / MAX_ASPECT);
  return { width: Math.max(size.width, least), height: Math.max(size.height, least) };
}
