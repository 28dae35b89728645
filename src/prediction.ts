import type { ErrorCode } from './errors/errors.ts';
import type { Model } from './settings/settings.ts';

/** Fractions (0..1) of a picture, from its top left. */
export type BoundingBox = { left: number; top: number; width: number; height: number };

/** One tag a model saw, in Custom Vision’s own words. */
export type Prediction = {
  tagName: string;
  tagId: string;
  tagType?: string;
  probability: number;
  boundingBox?: BoundingBox;
};

/** The most probable first. */
export const byProbability = <T extends { probability: number }>(predictions: readonly T[]): T[] =>
  predictions.toSorted((a, b) => b.probability - a.probability);

/** Which export answered: its name in the models container, its iteration, and the SHA-256 of the upload. */
export type AnsweringExport = { name: string; iteration: string; sha256: string };

/** The model of the service that an export answered for, and why it did not answer itself. */
export type FallbackFor = { projectId: string; publishedName: string; code: ErrorCode; detail: string };

/** What a model answers to one picture. */
export type ImagePrediction = {
  predictionId: string;
  iteration: string;
  predictions: Prediction[];
  export?: AnsweringExport;
  fallbackFor?: FallbackFor;
  /** A copy of the model in another account answered. */
  copy?: { projectId: string; publishedName: string };
};

/** What a model is asked about: the picture itself, or a public address it is fetched from. */
export type Image = { bytes: Buffer } | { url: string };

/** Who waits: a person at the HTTP function goes before a picture that nobody looks at yet. */
export type Priority = 'caller' | 'picture';

/** Times in milliseconds. The whole stays well under the 230 s after which Azure cuts an HTTP call. */
export type Budget = {
  /** For everything, waiting included. */
  total: number;
  /** For one attempt, from the moment it may start. */
  attempt: number;
  /** Before the second attempt; doubles from there, with jitter. */
  firstWait: number;
  /** In the queue before an attempt; as long as the whole, if not given. */
  queue?: number;
};

/** An attempt that failed, kept as evidence. */
export type FailedAttempt = { code: ErrorCode; durationMs: number };
export type Attempted<T> = { value: T; attempts: number; failedAttempts: FailedAttempt[] };

export type AskOptions = {
  signal?: AbortSignal;
  /** A caller, unless told otherwise. */
  priority?: Priority;
};

/** Asks a model about one image, trying again within the budget; rejects with a KeylessError. */
export type AskModel<M extends Model = Model> = (
  model: M,
  image: Image,
  budget: Budget,
  options?: AskOptions,
) => Promise<Attempted<ImagePrediction>>;
