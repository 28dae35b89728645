import { stat } from 'node:fs/promises';
import { asKeylessError } from '../../errors/errors.ts';
import { startExportThread } from '../../exports/thread.ts';
import { fitPicture } from '../../pictures/fit.ts';
import type { AskModel, Prediction } from '../../prediction.ts';
import { fitImage } from '../../scoring/fitImage.ts';
import { scoreWith } from '../../scoring/scoreWith.ts';
import { isService, type Model } from '../../settings/settings.ts';
import { createPace, type Pace } from '../../vision/pacing.ts';
import { openAsker } from '../asker.ts';
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

/** The one asker, and the turns at each of its accounts. */
type Service = {
  models: readonly Model[];
  ask: AskModel;
  paces: Map<string, Pace>;
  close(): Promise<void>;
};

/** A model of the settings. The turn is waited for here too, before the clock runs; two models of an account share it. */
function settingsContender(model: Model, { ask, paces, close }: Service): Contender {
  const pace = isService(model) ? (paces.get(model.endpoint) ?? createPace(model.rate)) : undefined;
  if (pace && isService(model)) paces.set(model.endpoint, pace);
  return {
    name: model.name,
    kind: isService(model) ? 'service' : 'export',
    task: model.task,
    paid: isService(model) ? [model] : [],
    threshold: model.threshold,
    async predict(bytes, signal) {
      await pace?.turn('caller', TERMINAL_BUDGET.total, signal);
      const fitted = await fitImage([model], { bytes });
      return scoreWith(ask, model, fitted, { budget: TERMINAL_BUDGET, signal });
    },
    close,
  };
}

/** An ONNX export on this machine: a file, a folder or a zip, run in a thread of this process; it gets the very bytes that the service would. */
async function fileContender(folder: string): Promise<Contender> {
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

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * Both contenders, each a model of VISION_MODELS, of the service or an export, or an export on this machine. Two files need
 * no settings at all. Throws a
 * UsageError where one is neither, or the two cannot be compared.
 */
export async function openContenders(names: readonly [string, string]): Promise<[Contender, Contender]> {
  if (names[0] === names[1]) {
    throw new UsageError(`Expected two different models, got ${JSON.stringify(names[0])} twice.`);
  }
  for (const name of names) if (isPath(name) && !(await exists(name))) throw noFile(name);
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
  return { models, ...openAsker(identity), paces: new Map() };
}

/** A file or folder of a model’s name is meant where it is written as a path: ./fruit. */
async function open(name: string, service: () => Service): Promise<Contender> {
  if ((await exists(name)) && !isModel(name, service)) return fileContender(name);
  return settingsContender(chosenModel(service().models, name), service());
}

const isPath = (name: string): boolean => /[/\\]/u.test(name);

const noFile = (name: string): UsageError =>
  new UsageError(
    `There is no file or folder ${JSON.stringify(name)}.`,
    'Name an ONNX export (Custom Vision portal: Performance → Export), as the zip or unpacked, or a model of VISION_MODELS.',
  );

function isModel(name: string, service: () => Service): boolean {
  try {
    return service().models.some((model) => model.name === name);
  } catch {
    return false; // unusable settings name no model, and an export needs none
  }
}
