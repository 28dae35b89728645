import { stat } from 'node:fs/promises';
import { type Prediction as ExportPrediction, UndecodableImage } from '../../../local/exports/predictor.ts';
import { startPredictorThread } from '../../../local/exports/predictorThread.ts';
import { KeylessError } from '../../errors/errors.ts';
import { fitPicture } from '../../pictures/fit.ts';
import type { Budget, Prediction } from '../../prediction.ts';
import { fitImage } from '../../scoring/fitImage.ts';
import { scoreWith } from '../../scoring/scoreWith.ts';
import type { Model } from '../../settings/settings.ts';
import type { PredictionClient } from '../../vision/client.ts';
import { createPace, type Pace } from '../../vision/pacing.ts';
import { UsageError } from '../faults.ts';

/** One of the two that are compared. */
export type Contender = {
  /** As it was typed. */
  name: string;
  kind: 'service' | 'export';
  task: 'classify' | 'detect';
  /** Its own; an export has none. */
  threshold: number | undefined;
  /** Most probable first. `durationMs` is the call alone, without making the picture fit and without waiting for a turn. */
  predict(picture: Buffer, signal: AbortSignal): Promise<{ predictions: Prediction[]; durationMs: number }>;
  close(): Promise<void>;
};

const BUDGET: Budget = { total: 60_000, attempt: 15_000, firstWait: 500 };

/** The one client, and the turns at each of its accounts. */
export type Service = { models: readonly Model[]; client: PredictionClient; paces: Map<string, Pace> };

/** A model of the settings. The turn is waited for here too, before the clock runs; two models of an account share it. */
export function serviceContender(model: Model, { client, paces }: Service): Contender {
  const pace = paces.get(model.endpoint) ?? createPace(model.rate);
  paces.set(model.endpoint, pace);
  return {
    name: model.name,
    kind: 'service',
    task: model.task,
    threshold: model.threshold,
    async predict(bytes, signal) {
      await pace.turn('caller', BUDGET.total, signal);
      const fitted = await fitImage([model], { bytes });
      return scoreWith(client.predict, model, fitted, { budget: BUDGET, signal });
    },
    close: async () => {},
  };
}

/** An unpacked ONNX export, run in a thread of this process; it gets the very bytes that the service would. */
export async function exportContender(folder: string): Promise<Contender> {
  const predictor = await startPredictorThread(folder).catch((error: Error) => {
    throw new UsageError(error.message);
  });
  return {
    name: folder,
    kind: 'export',
    task: predictor.task,
    threshold: undefined,
    async predict(bytes) {
      const { parts } = await fitPicture(bytes, { task: 'classify', tiles: false });
      const started = performance.now();
      const predictions = await predictor.predict(parts[0]?.bytes ?? bytes).catch(undecodable);
      return { predictions, durationMs: Math.round(performance.now() - started) };
    },
    close: predictor.close,
  };
}

function undecodable(cause: unknown): ExportPrediction[] {
  if (cause instanceof UndecodableImage) throw new KeylessError('ImageUndecodable', cause.message, { cause });
  throw cause;
}

export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
