import type { Metadata } from 'sharp';
import { MAX_BYTES, pixelsOf, type Size } from './limits.ts';
import type { Decoded } from './look/outline.ts';
import { MOST_TILES } from './tiles.ts';

/** What the converter reads in the header of a picture, as far as it is needed. */
export type Header = Pick<
  Metadata,
  | ('format' | 'channels' | 'depth' | 'isProgressive' | 'hasAlpha' | 'bitsPerSample')
  | ('width' | 'height' | 'autoOrient' | 'orientation' | 'pages')
>;

/** A picture as it is stored, and its header; without that of a bitmap, which is decoded here. */
export type Stored = { size: Size; decoded: Decoded; told?: Header };

/** The converter’s own buffers and threads, and the JPEG that it makes. */
const BASE = 20 * 1024 * 1024;
/** The converter works down a picture; it holds so many rows, as many times as it makes them fewer. */
const ROWS = 400;
/** Red, green and blue. */
const RGB = 3;
/** Decoders of AV1 hold several copies of a picture, of two bytes a sample; more where a sample has more than 8 bits. */
const AVIF = { plain: 18, deep: 25 };
/** Decoders of WebP hold a frame and a canvas, of animations one more; of what is stored without loss its own pixels. */
const WEBP = { frame: 8, alpha: 6, moving: 4, lossless: 4 };
/** Decoders of GIF hold a canvas of four bytes, and the image in it. */
const GIF = 5;
/** A coefficient of a JPEG that comes in several scans. */
const COEFFICIENT = 2;

/**
 * The bytes of memory that making a smaller picture takes at its peak, besides the file; `scale` is how much smaller its
 * sides become. With tiles all pixels are held besides. The figures are measured, see test/pictures/decodedBytes.proof.ts:
 * what comes out is 0.8 to 2 times what photographs take, and never less than the base.
 */
export function decodedBytes({ size, decoded, told }: Stored, scale: number, tiles: boolean): number {
  const pixels = pixelsOf(size);
  if (!told) return BASE + pixels * (decoded.indexed ? RGB + 1 : RGB) + (tiles ? partBytes(pixels) : 0);
  const pixelBytes = told.channels * (told.depth === 'uchar' ? 1 : told.depth === 'ushort' ? 2 : 4);
  const loaded = told.format === 'webp' ? scale : told.format === 'jpeg' ? 1 / shrinkOnLoad(scale) : 1;
  const seen = { width: size.width * loaded, height: size.height * loaded };
  const turned = (told.orientation ?? 1) > 1 ? pixels * scale ** 2 * pixelBytes : 0;
  const held = heldBytes(told, decoded, pixels, tiles ? 1 : scale);
  const whole = BASE + held + rowBytes(seen, pixelBytes, scale / loaded) + turned;
  return Math.ceil(whole + (tiles ? pixels * RGB + partBytes(pixels) : 0));
}

/** The bytes of memory that decoding it into nothing takes: a few rows, and what the decoder has of the whole picture. */
export const provenBytes = (stored: Stored): number => decodedBytes(stored, 1, false);

/** What a decoder has of the whole picture before it gives the first row. */
function heldBytes(told: Header, decoded: Decoded, pixels: number, scale: number): number {
  const { samples = told.channels, blockBytes = 0, copyBytes = 0, lossless = false } = decoded;
  switch (told.format) {
    case 'jpeg':
      return told.isProgressive ? pixels * samples * COEFFICIENT : 0;
    case 'png':
      return told.isProgressive ? pixels * told.channels * (told.depth === 'ushort' ? 2 : 1) : 0;
    case 'gif':
      return pixels * GIF;
    case 'webp': {
      const moving = (told.pages ?? 1) > 1;
      const pixelBytes = WEBP.frame + (told.hasAlpha ? WEBP.alpha : 0) + (moving ? WEBP.moving : 0);
      return pixels * scale ** 2 * pixelBytes + (lossless ? pixels * WEBP.lossless : 0);
    }
    case 'heif':
      return pixels * ((told.bitsPerSample ?? 8) > 8 ? AVIF.deep : AVIF.plain) + copyBytes;
    default:
      return blockBytes;
  }
}

const rowBytes = ({ width, height }: Size, pixelBytes: number, scale: number): number =>
  width * pixelBytes * Math.min(height, ROWS / scale);

/** JPEGs are decoded at a half, a quarter or an eighth; the converter leaves a factor of its own where that is exact. */
function shrinkOnLoad(scale: number): number {
  const shrink = 1 / scale;
  const most = shrink >= 8 ? 8 : shrink >= 4 ? 4 : shrink >= 2 ? 2 : 1;
  return most > 1 && Math.floor(shrink) === most ? most / 2 : most;
}

/** Of tiles and the whole picture, each a JPEG to send. */
const partBytes = (pixels: number): number => Math.min(pixels, (MOST_TILES + 1) * MAX_BYTES);
