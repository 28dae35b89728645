import { asKeylessError, type KeylessError } from '../errors/errors.ts';
import { type FittedPicture, fitPicture } from '../pictures/fit.ts';
import { mergeParts } from '../pictures/mergeParts.ts';
import type { Model } from '../settings/settings.ts';
import { type DocumentImage, type DocumentResult, type Limits, resultOf } from '../storage/document.ts';
import type { ImagePrediction } from '../vision/answer.ts';
import type { Image, PredictionClient, PredictOptions } from '../vision/client.ts';
import type { Attempted, Budget } from '../vision/retry.ts';

export type ScoreOptions = PredictOptions & { budget: Budget; limits?: Limits };

export type ScoredImage = {
  image: DocumentImage;
  /** Of the models that answered, in the order of the settings. */
  results: DocumentResult[];
  /** Of the first model that did not, where any did not. */
  error?: KeylessError;
};

/**
 * Sends one image to each of its models, side by side, made to fit first. A failing model does not hide the others’
 * results; a fault that passes is thrown, so that all are asked again. Throws a KeylessError where nothing came of it.
 */
export async function scoreImage(
  client: PredictionClient,
  models: readonly Model[],
  image: Image,
  { limits, budget, ...options }: ScoreOptions,
): Promise<ScoredImage> {
  const sent = 'bytes' in image ? await fitted(models, image.bytes) : undefined;
  const outcomes = await Promise.allSettled(
    models.map(async (model) => {
      const started = performance.now();
      const parts = sent?.of(model);
      const attempted = parts
        ? await predictParts(parts, (part) => client.predict(model, part, budget, options))
        : await client.predict(model, image, budget, options);
      return resultOf(model, { ...attempted, durationMs: Math.round(performance.now() - started) }, limits);
    }),
  );
  const errors = outcomes.flatMap((each) =>
    each.status === 'rejected' ? [asKeylessError(each.reason)] : [],
  );
  const results = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const passing = errors.find((error) => error.transient);
  const [first] = errors;
  if (passing ?? (first && results.length === 0 && models.length === 1)) throw passing ?? first;
  return { image: sent?.described ?? { url: withoutQuery(image) }, results, ...(first && { error: first }) };
}

/** The picture as its models take it: whole, and for a model with tiles also cut. */
async function fitted(models: readonly Model[], bytes: Buffer) {
  const cut = (model: Model) => model.task === 'detect' && model.tiles;
  const whole = models.every(cut) ? undefined : await fitPicture(bytes, { task: 'classify', tiles: false });
  const tiled = models.some(cut) ? await fitPicture(bytes, { task: 'detect', tiles: true }) : undefined;
  const of = (model: Model): FittedPicture =>
    ((cut(model) ? tiled : whole) ?? tiled ?? whole) as FittedPicture;
  const { picture, sent } = (tiled ?? whole) as FittedPicture;
  return { of, described: { ...picture, sent } satisfies DocumentImage };
}

/** Each part is a call of its own; together they are one result, in fractions of the upright picture. */
async function predictParts(
  { parts }: FittedPicture,
  predict: (part: { bytes: Buffer }) => Promise<Attempted<ImagePrediction>>,
): Promise<Attempted<ImagePrediction>> {
  const answers = await Promise.all(parts.map(predict));
  const { iteration = '', predictionId = '' } = answers[0]?.value ?? {};
  const predictions = mergeParts(
    parts,
    answers.map(({ value }) => value.predictions),
  );
  return {
    value: { iteration, predictionId, predictions },
    attempts: answers.reduce((sum, { attempts }) => sum + attempts, 0),
    failedAttempts: answers.flatMap(({ failedAttempts }) => failedAttempts),
  };
}

/** The query of a url may hold a signature. */
function withoutQuery(image: Image): string {
  if (!('url' in image)) return '';
  const { origin, pathname } = new URL(image.url);
  return `${origin}${pathname}`;
}
