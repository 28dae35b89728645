import { checkPicture } from '../../local/prediction/checkPicture.ts';
import { Refusal } from '../../local/prediction/refusal.ts';
import { KeylessError } from '../../src/errors/errors.ts';
import type { Pixels } from '../../src/exports/pixels.ts';
import { prepare } from '../../src/exports/prepare.ts';
import { tensorOf } from '../../src/exports/tensor.ts';

const INPUT: Pixels = {
  ...{ input: 'data', batch: 1, planes: true, order: 'rgb', factors: [1, 1, 1], offsets: [0, 0, 0] },
  ...{ size: { width: 80, height: 60 }, crop: false, margin: 1 },
};

/** What a model of the local prediction server sees of a picture: planes of 80 × 60; or the code of the refusal. */
export async function seenByServer(bytes: Buffer): Promise<Float32Array | string> {
  try {
    await checkPicture(bytes);
    return tensorOf(await prepare(bytes, INPUT), INPUT).data;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    if (error instanceof KeylessError && error.entry.fault === 'caller') return 'BadRequestImageFormat';
    throw error;
  }
}

/** How far two are apart, on average of all samples from 0 to 255. */
export function distance(a: Float32Array | string, b: Float32Array | string): number {
  if (typeof a === 'string' || typeof b === 'string') return Number.POSITIVE_INFINITY;
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}
