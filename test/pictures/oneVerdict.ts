import type { ModelInput } from '../../local/exports/modelInput.ts';
import { UndecodableImage } from '../../local/exports/predictor.ts';
import { preprocess } from '../../local/exports/preprocess.ts';
import { checkPicture } from '../../local/prediction/checkPicture.ts';
import { Refusal } from '../../local/prediction/refusal.ts';

const INPUT: ModelInput = { name: 'data', width: 80, height: 60, order: 'rgb', scale: 1 };

/** What a model of the local prediction server sees of a picture: planes of 80 × 60; or the code of the refusal. */
export async function seenByServer(bytes: Buffer): Promise<Float32Array | string> {
  try {
    await checkPicture(bytes);
    return await preprocess(bytes, INPUT, false);
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    if (error instanceof UndecodableImage) return 'BadRequestImageFormat';
    throw error;
  }
}

/** How far two are apart, on average of all samples from 0 to 255. */
export function distance(a: Float32Array | string, b: Float32Array | string): number {
  if (typeof a === 'string' || typeof b === 'string') return Number.POSITIVE_INFINITY;
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
}
