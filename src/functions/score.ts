import type { DocumentResult, Limits } from '../results/document.ts';
import { resultOf } from '../results/document.ts';
import type { Model } from '../settings.ts';
import type { Image, PredictionClient } from '../vision/client.ts';
import type { Budget } from '../vision/retry.ts';

/** Sends one image to each of its models, side by side; the first failure is the picture’s. */
export function score(
  client: PredictionClient,
  models: readonly Model[],
  image: Image,
  budget: Budget,
  limits?: Limits,
): Promise<DocumentResult[]> {
  return Promise.all(
    models.map(async (model) => {
      const started = performance.now();
      const { value, attempts } = await client.predict(model, image, budget);
      return resultOf(
        model,
        { value, attempts, durationMs: Math.round(performance.now() - started) },
        limits,
      );
    }),
  );
}
