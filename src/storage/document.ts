import type { KeylessError } from '../errors/errors.ts';
import { type Attempted, byProbability, type ImagePrediction, type Prediction } from '../prediction.ts';
import { isService, takesTiles } from '../settings/models.ts';
import type { Model } from '../settings/settings.ts';
import type { DocumentError, DocumentImage, DocumentResult, PredictionDocument } from './documentShape.ts';

export type { DocumentError, DocumentImage, DocumentResult, PredictionDocument };

export type Scored = Attempted<ImagePrediction> & { durationMs: number };

export function resultOf(
  model: Model,
  { value, attempts, failedAttempts, durationMs }: Scored,
  limits: Limits = {},
): DocumentResult {
  return {
    model: model.name,
    ...(value.export ? { export: value.export } : serviceName(model)),
    ...(value.fallbackFor && { fallbackFor: value.fallbackFor }),
    ...(value.copy && { copy: value.copy }),
    task: model.task,
    ...(takesTiles(model) && { tiles: true }),
    iteration: value.iteration,
    predictionId: value.predictionId,
    ...ranked(value.predictions, { threshold: model.threshold, ...limits }),
    attempts,
    failedAttempts,
    durationMs,
  };
}

const serviceName = (model: Model): Pick<DocumentResult, 'projectId' | 'publishedName'> =>
  isService(model) ? { projectId: model.projectId, publishedName: model.publishedName } : {};

/** Nothing promises the service’s order. */
export function ranked(
  answered: readonly Prediction[],
  { threshold, top }: { threshold: number; top?: number },
): Pick<DocumentResult, 'predictions' | 'accepted' | 'threshold'> {
  const predictions = byProbability(answered).slice(0, top);
  return {
    predictions,
    accepted: predictions.filter(({ probability }) => probability >= threshold),
    threshold,
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
  { code, title, detail, fix, attempts }: DocumentError,
  results: DocumentResult[] = [],
): PredictionDocument {
  return {
    status: 'failed',
    image,
    results,
    error: { code, title, detail, fix, ...(attempts !== undefined && { attempts }) },
    completedAt: new Date().toISOString(),
  };
}

export const describeError = (error: KeylessError): DocumentError => ({
  code: error.code,
  title: error.entry.title,
  detail: error.detail,
  fix: error.fix,
  ...(error.attempts !== undefined && { attempts: error.attempts }),
});
