import { randomUUID } from 'node:crypto';
import { KeylessError } from '../errors/errors.ts';
import type { AskModel, Attempted, ImagePrediction, Prediction } from '../prediction.ts';
import type { About } from './loadExport.ts';
import type { ExportThread } from './thread.ts';

/** What an export said, in the form of any model’s answer. */
export function answered(
  name: string,
  { iterationId: iteration, sha256 }: About,
  predictions: Prediction[],
): Attempted<ImagePrediction> {
  const value = { predictionId: randomUUID(), iteration, predictions, export: { name, iteration, sha256 } };
  return { value, attempts: 1, failedAttempts: [] };
}

/** Asks one export that is loaded already, whatever model is named. */
export const askLoaded =
  (loaded: ExportThread, name: string): AskModel =>
  async (_model, image) => {
    if ('url' in image) throw urlRefused(name);
    return answered(name, loaded, await loaded.predict(image.bytes));
  };

export const urlRefused = (name: string): KeylessError =>
  new KeylessError('ImageUrlRefused', `The model ${name} runs in this process, which fetches no urls.`, {
    fix: 'Send the picture itself.',
  });
