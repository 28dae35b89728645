import { KeylessError } from '../errors/errors.ts';

/**
 * What Custom Vision takes of a picture to score:
 * https://learn.microsoft.com/azure/ai-services/custom-vision-service/limits-and-quotas
 * 10,240 pixels a side are documented, over 10,000 are refused: https://github.com/MicrosoftDocs/azure-docs/issues/117855
 */
export const MAX_BYTES = 4 * 1024 * 1024;
export const MAX_SIDE = 10_000;
export const MAX_ASPECT = 25;

/** What this app takes of a picture to make fit. The bytes are all in memory, and so is what they decode to. */
export const MAX_UPLOAD_BYTES = 32 * 1024 * 1024;
export const MAX_PIXELS = 100_000_000;

/** Throws ImageTooLarge. */
export function refuseTooLarge(bytes: number): void {
  if (bytes <= MAX_UPLOAD_BYTES) return;
  throw new KeylessError(
    'ImageTooLarge',
    `Expected at most ${MAX_UPLOAD_BYTES.toLocaleString('en')} bytes, got ${bytes.toLocaleString('en')}.`,
  );
}

/**
 * What is made anew has no more pixels than this: the service scales far below it anyway, and a decoder that may halve a
 * 24-megapixel JPEG while reading it takes a quarter of the memory. Small things in large pictures are what tiles are for.
 */
export const MAX_SENT_PIXELS = 6_000_000;

export type Size = { width: number; height: number };

export const pixelsOf = ({ width, height }: Size): number => width * height;
export const aspectOf = ({ width, height }: Size): number =>
  Math.max(width, height) / Math.min(width, height);

/** Whether Custom Vision takes a picture of these sides. */
export const sidesFit = (size: Size): boolean =>
  Math.max(size.width, size.height) <= MAX_SIDE && aspectOf(size) <= MAX_ASPECT;

/** The scale, at most 1, at which no side and no number of pixels is over what is sent. */
export const scaleWithin = (size: Size): number =>
  Math.min(1, MAX_SIDE / Math.max(size.width, size.height), Math.sqrt(MAX_SENT_PIXELS / pixelsOf(size)));

/** Whole pixels, at least one a side. */
export const scaled = ({ width, height }: Size, scale: number): Size => ({
  width: Math.max(1, Math.floor(width * scale)),
  height: Math.max(1, Math.floor(height * scale)),
});

/** As people write it: 6,000 × 4,000. */
export const sizeText = ({ width, height }: Size): string =>
  `${width.toLocaleString('en')} × ${height.toLocaleString('en')}`;
