import { stat } from 'node:fs/promises';
import { asKeylessError } from '../../errors/errors.ts';
import { startExportThread } from '../../exports/thread.ts';
import { credentialFor } from '../../identity/credential.ts';
import { fitPicture } from '../../pictures/fit.ts';
import type { Prediction } from '../../prediction.ts';
import { fitImage } from '../../scoring/fitImage.ts';
import { scoreWith } from '../../scoring/scoreWith.ts';
import type { Model } from '../../settings/settings.ts';
import { createPredictionClient, type PredictionClient } from '../../vision/client.ts';
import { createPace, type Pace } from '../../vision/pacing.ts';
import { UsageError } from '../faults.ts';
import { chosenModel, visionSettings } from '../predict/chosenModel.ts';
import { TERMINAL_BUDGET } from '../predict/score.ts';

/** One of the two that are compared. */
export type Contender = {
  /** As it was typed. */
  name: string;
  kind: 'service' | 'export';
  task: 'classify' | 'detect';
  /** What is paid for: a model of the service; an export costs nothing. */
  paid: readonly Model[];
  /** Its own; an export has none. */
  threshold: number | undefined;
  /** Most probable first. `durationMs` is the call alone, without making the picture fit and without waiting for a turn. */
  predict(picture: Buffer, signal: AbortSignal): Promise<{ predictions: Prediction[]; durationMs: number }>;
  close(): Promise<void>;
};

/** The one client, and the turns at each of its accounts. */
type Service = { models: readonly Model[]; client: PredictionClient; paces: Map<string, Pace> };

/** A model of the settings. The turn is waited for here too, before the clock runs; two models of an account share it. */
function serviceContender(model: Model, { client, paces }: Service): Contender {
  const pace = paces.get(model.endpoint) ?? createPace(model.rate);
  paces.set(model.endpoint, pace);
  return {
    name: model.name,
    kind: 'service',
    task: model.task,
    paid: [model],
    threshold: model.threshold,
    async predict(bytes, signal) {
      await pace.turn('caller', TERMINAL_BUDGET.total, signal);
      const fitted = await fitImage([model], { bytes });
      return scoreWith(client.predict, model, fitted, { budget: TERMINAL_BUDGET, signal });
    },
    close: async () => {},
  };
}

/** An unpacked ONNX export, run in a thread of this process; it gets the very bytes that the service would. */
async function exportContender(folder: string): Promise<Contender> {
  const predictor = await startExportThread({ path: folder }).catch((thrown: unknown) => {
    const { code, message, fix } = asKeylessError(thrown);
    throw new UsageError(`${code}: ${message}`, fix);
  });
  return {
    name: folder,
    kind: 'export',
    task: predictor.task,
    paid: [],
    threshold: undefined,
    async predict(bytes) {
      const { parts } = await fitPicture(bytes, { task: 'classify', tiles: false });
      const started = performance.now();
      const predictions = await predictor.predict(parts[0]?.bytes ?? bytes);
      return { predictions, durationMs: Math.round(performance.now() - started) };
    },
    close: predictor.close,
  };
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/**
 * Both contenders, each a model of VISION_MODELS or the folder of an export. Two exports need no settings at all. Throws a
 * UsageError where one is neither, or the two cannot be compared.
 */
export async function openContenders(names: readonly [string, string]): Promise<[Contender, Contender]> {
  if (names[0] === names[1]) {
    throw new UsageError(`Expected two different models, got ${JSON.stringify(names[0])} twice.`);
  }
  for (const name of names) if (isPath(name) && !(await isFolder(name))) throw noFolder(name);
  let service: Service | undefined;
  const theService = () => {
    service ??= openService();
    return service;
  };
  const opened: Contender[] = [];
  try {
    for (const name of names) opened.push(await open(name, theService));
    const [a, b] = opened as [Contender, Contender];
    if (a.task === b.task) return [a, b];
    throw new UsageError(
      `Expected two models of one task, but ${a.name} is to ${a.task} and ${b.name} to ${b.task}.`,
    );
  } catch (error) {
    await Promise.all(opened.map((each) => each.close()));
    throw error;
  }
}

function openService(): Service {
  const { models, identity } = visionSettings();
  return { models, client: createPredictionClient(credentialFor(identity)), paces: new Map() };
}

/** A folder of a model’s name is meant where it is written as a path: ./fruit. */
async function open(name: string, service: () => Service): Promise<Contender> {
  if ((await isFolder(name)) && !isModel(name, service)) return exportContender(name);
  return serviceContender(chosenModel(service().models, name), service());
}

const isPath = (name: string): boolean => /[/\\]/u.test(name);

const noFolder = (name: string): UsageError =>
  new UsageError(
    `There is no folder ${JSON.stringify(name)}.`,
    'Name the unpacked zip of an ONNX export (Custom Vision portal: Performance → Export), or a model of VISION_MODELS.',
  );

function isModel(name: string, service: () => Service): boolean {
  try {
    return service().models.some((model) => model.name === name);
  } catch {
    return false; // unusable settings name no model, and an export needs none
  }
}
