import type { KeylessError } from '../errors/errors.ts';
import type { FittedPicture } from '../pictures/fit.ts';
import type { Model } from '../settings/settings.ts';
import type { ImagePrediction, Prediction } from '../vision/answer.ts';
import type { Attempted, FailedAttempt } from '../vision/retry.ts';

/** What is known of the picture; a picture named by url is never fetched, so only its address is. */
export type DocumentImage = {
  name?: string;
  container?: string;
  etag?: string;
  url?: string;
  sha256?: string;
  contentType?: string;
  bytes?: number;
  width?: number;
  height?: number;
  /** What was done to the picture before it was sent; nothing: it went as it was. */
  sent?: FittedPicture['sent'];
};

export type DocumentResult = Pick<Model, 'projectId' | 'publishedName' | 'task' | 'threshold'> & {
  model: string;
  iteration: string;
  predictionId: string;
  /** All that the service answered, in its own order and words. */
  predictions: Prediction[];
  /** Those at or above the threshold. */
  accepted: Prediction[];
  attempts: number;
  /** Why the attempts before the last one failed, and how long each took. */
  failedAttempts: FailedAttempt[];
  /** From the first attempt to the answer, waiting included. */
  durationMs: number;
};

export type DocumentError = { code: string; title: string; detail: string; fix: string; attempts?: number };

/** The prediction document: what lies in the predictions container, and what the HTTP function answers. */
export type PredictionDocument = {
  status: 'succeeded' | 'failed';
  image: DocumentImage;
  results: DocumentResult[];
  error?: DocumentError;
  /** ISO 8601, UTC. */
  completedAt: string;
};

export type Scored = Attempted<ImagePrediction> & { durationMs: number };

export function resultOf(
  model: Model,
  { value, attempts, failedAttempts, durationMs }: Scored,
  limits: Limits = {},
): DocumentResult {
  const threshold = limits.threshold ?? model.threshold;
  const predictions = value.predictions.slice(0, limits.top ?? value.predictions.length);
  return {
    model: model.name,
    projectId: model.projectId,
    publishedName: model.publishedName,
    task: model.task,
    iteration: value.iteration,
    predictionId: value.predictionId,
    predictions,
    accepted: predictions.filter(({ probability }) => probability >= threshold),
    threshold,
    attempts,
    failedAttempts,
    durationMs,
  };
}

/** What a caller may ask for: at most `top` predictions, another threshold than the model’s. */
export type Limits = { threshold?: number; top?: number };

export function succeeded(image: DocumentImage, results: DocumentResult[]): PredictionDocument {
  return { status: 'succeeded', image, results, completedAt: new Date().toISOString() };
}

/** With the results of those models that answered, where some did. */
export function failed(
  image: DocumentImage,
  error: KeylessError,
  results: DocumentResult[] = [],
): PredictionDocument {
  return {
    status: 'failed',
    image,
    results,
    error: describeError(error),
    completedAt: new Date().toISOString(),
  };
}

export const describeError = (error: KeylessError): DocumentError => ({
  code: error.code,
  title: error.entry.title,
  detail: error.message,
  fix: error.fix,
  ...(error.attempts !== undefined && { attempts: error.attempts }),
});
