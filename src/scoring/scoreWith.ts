import { asKeylessError, type KeylessError } from '../errors/errors.ts';
import { mergeParts } from '../pictures/mergeParts.ts';
import type { AskModel, AskOptions, Attempted, Budget, ImagePrediction } from '../prediction.ts';
import type { Model } from '../settings/settings.ts';
import { type DocumentResult, type Limits, resultOf } from '../storage/document.ts';
import { span } from '../telemetry/telemetry.ts';
import type { FittedImage } from './fitImage.ts';

export type ScoreOptions = AskOptions & { budget: Budget; limits?: Limits };

/** What a model says of an image, with the attempts it took. Rejects with a KeylessError. */
export async function scoreWith(
  ask: AskModel,
  model: Model,
  image: FittedImage,
  { limits, budget, ...options }: ScoreOptions,
): Promise<DocumentResult> {
  const started = performance.now();
  const answered = await span('predict', { 'keyless.model': model.name }, async (note) => {
    const answer = await askOne(ask, model, image, budget, options);
    note({ 'keyless.attempts': answer.attempts });
    if (answer.value.fallbackFor) note({ 'keyless.outcome': 'fallback' });
    return answer;
  });
  const durationMs = Math.round(performance.now() - started);
  return resultOf(model, { ...answered, durationMs }, limits);
}

/**
 * Asks models about one image side by side: a failing one does not hide what the others answer. Each result is told to
 * `onResult` as it comes, while others may still be waited for. Resolves, where any failed, with the error of the first
 * that did, one that passes before all others.
 */
export async function scoreWithAll(
  ask: AskModel,
  models: readonly Model[],
  image: FittedImage,
  options: ScoreOptions,
  onResult: (model: Model, result: DocumentResult) => void,
): Promise<{ error?: KeylessError }> {
  const outcomes = await Promise.allSettled(
    models.map(async (model) => {
      onResult(model, await scoreWith(ask, model, image, options));
    }),
  );
  const errors = outcomes.flatMap((each) =>
    each.status === 'rejected' ? [asKeylessError(each.reason)] : [],
  );
  const error = errors.find(({ transient }) => transient) ?? errors[0];
  return error ? { error } : {};
}

async function askOne(
  ask: AskModel,
  model: Model,
  image: FittedImage,
  budget: Budget,
  options: AskOptions,
): Promise<Attempted<ImagePrediction>> {
  const asked = image.askedOf(model);
  return 'url' in asked
    ? ask(model, asked, budget, options)
    : askParts(
        asked.parts,
        (part, signal) => ask(model, part, budget, { ...options, signal }),
        options.signal,
      );
}

type Parts = Extract<ReturnType<FittedImage['askedOf']>, { parts: unknown }>['parts'];

/**
 * Each part is a call of its own; together they are one answer, in fractions of the upright picture. Where one fails
 * there is no answer, so the others are broken off rather than paid.
 */
async function askParts(
  parts: Parts,
  ask: (part: { bytes: Buffer }, signal: AbortSignal) => Promise<Attempted<ImagePrediction>>,
  signal?: AbortSignal,
): Promise<Attempted<ImagePrediction>> {
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const calls = parts.map((part) => ask(part, either));
  const answers = await Promise.all(calls).catch(async (fault: unknown) => {
    stop.abort(fault);
    await Promise.allSettled(calls);
    throw fault;
  });
  // where an export answered for some part, the whole says so
  const {
    iteration = '',
    predictionId = '',
    ...by
  } = answers.find(({ value }) => value.fallbackFor)?.value ?? answers[0]?.value ?? {};
  const predictions = await mergeParts(
    parts,
    answers.map(({ value }) => value.predictions),
  );
  return {
    value: { ...by, iteration, predictionId, predictions },
    attempts: answers.reduce((sum, { attempts }) => sum + attempts, 0),
    failedAttempts: answers.flatMap(({ failedAttempts }) => failedAttempts),
  };
}
