import type { DocumentResult, Limits } from '../results/document.ts';
import { resultOf } from '../results/document.ts';
import type { Model } from '../settings.ts';
import type { Image, PredictionClient, PredictOptions } from '../vision/client.ts';
import type { Budget } from '../vision/retry.ts';

export type ScoreOptions = PredictOptions & { budget: Budget; limits?: Limits };

/** Sends one image to each of its models, side by side; the first failure is the picture’s. */
export function score(
  client: PredictionClient,
  models: readonly Model[],
  image: Image,
  { budget, limits, ...options }: ScoreOptions,
): Promise<DocumentResult[]> {
  return Promise.all(
    models.map(async (model) => {
      const started = performance.now();
      const attempted = await client.predict(model, image, budget, options);
      return resultOf(model, { ...attempted, durationMs: Math.round(performance.now() - started) }, limits);
    }),
  );
}
