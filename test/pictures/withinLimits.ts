import sharp from 'sharp';
import { expect } from 'vitest';
import type { FittedPicture } from '../../src/pictures/fit.ts';
import { aspectOf, MAX_BYTES, MAX_SIDE } from '../../src/pictures/limits.ts';

/** What goes out is measured with another decoder’s eyes than its own description. */
export async function expectWithinLimits({ parts, sent }: FittedPicture): Promise<void> {
  for (const { bytes } of parts) {
    const { width, height, format, orientation } = await sharp(bytes).metadata();
    expect(bytes.length).toBeLessThanOrEqual(MAX_BYTES);
    expect(Math.max(width, height)).toBeLessThanOrEqual(MAX_SIDE);
    expect(aspectOf({ width, height })).toBeLessThanOrEqual(25);
    if (sent.steps.length > 0) expect([format, orientation]).toEqual(['jpeg', undefined]);
  }
  const first = await sharp(parts[0]?.bytes).metadata();
  expect([sent.width, sent.height]).toEqual([first.width, first.height]);
  expect(sent.bytes).toBe(parts.reduce((sum, { bytes }) => sum + bytes.length, 0));
}
