import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { AskModel } from '../prediction.ts';
import { fitImage } from '../scoring/fitImage.ts';
import { scoreWith } from '../scoring/scoreWith.ts';
import { isService, type Model, type ServiceModel } from '../settings/settings.ts';
import type { PredictionDocument } from '../storage/document.ts';
import { succeeded } from '../storage/document.ts';
import { createPace, type Pace } from '../vision/pacing.ts';
import { openAnswers } from './answers.ts';
import { openAsker } from './asker.ts';
import { UsageError } from './faults.ts';
import { openExport } from './localExport.ts';
import { chosenModel, visionSettings } from './predict/chosenModel.ts';
import { TERMINAL_BUDGET } from './predict/score.ts';

/** A model to be judged: of the service, an export, or what either once said. */
export type Contender = {
  /** As it was typed. */
  name: string;
  kind: 'service' | 'export' | 'documents';
  task: 'classify' | 'detect';
  /** What is paid for: a model of the service; what else there is costs nothing. */
  paid: readonly ServiceModel[];
  /** Its own; an export on this machine has none. */
  threshold: number | undefined;
  /** What an export on this machine does not tell and was decided by rule. */
  notices: readonly string[];
  /** `durationMs` of its result is the call alone, without making the picture fit and without waiting for a turn. */
  answer(picture: { name: string; bytes: Buffer }, signal: AbortSignal): Promise<PredictionDocument>;
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
    notices: [],
    async answer(picture, signal) {
      await pace?.turn('caller', TERMINAL_BUDGET.total, signal);
      return answerOf(ask, model, picture, signal);
    },
    close,
  };
}

/** It gets the very bytes that the service would. */
async function fileContender(path: string): Promise<Contender> {
  const { model, ask, notices, close } = await openExport(path);
  return {
    ...{ name: path, kind: 'export', task: model.task, paid: [], threshold: undefined, notices, close },
    answer: (picture, signal) => answerOf(ask, model, picture, signal),
  };
}

async function answerOf(
  ask: AskModel,
  model: Model,
  { name, bytes }: { name: string; bytes: Buffer },
  signal: AbortSignal,
): Promise<PredictionDocument> {
  const fitted = await fitImage([model], { bytes });
  const result = await scoreWith(ask, model, fitted, { budget: TERMINAL_BUDGET, signal });
  return succeeded({ name, ...fitted.described }, [result]);
}

/** Documents of one model, found by the content of the picture. */
async function documentsContender(path: string): Promise<Contender> {
  const { task, threshold, find } = await openAnswers(path);
  return {
    ...{ name: path, kind: 'documents', task, paid: [], threshold, notices: [] },
    answer: find,
    close: async () => {},
  };
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Two of one task. Throws a UsageError where they cannot be compared. */
export async function openTwo(names: readonly [string, string]): Promise<[Contender, Contender]> {
  if (names[0] === names[1]) {
    throw new UsageError(`Expected two different models, got ${JSON.stringify(names[0])} twice.`);
  }
  const opened = await openContenders(names);
  const [a, b] = opened as [Contender, Contender];
  if (a.task === b.task) return [a, b];
  await Promise.all(opened.map((each) => each.close()));
  throw new UsageError(
    `Expected two models of one task, but ${a.name} is to ${a.task} and ${b.name} to ${b.task}.`,
  );
}

/**
 * Each is a model of VISION_MODELS, of the service or an export, or an export on this machine, or a file of prediction
 * documents. Files need no settings at all. Throws a UsageError where one is none of these.
 */
export async function openContenders(names: readonly string[]): Promise<Contender[]> {
  for (const name of names) if (isPath(name) && !(await exists(name))) throw noFile(name);
  let service: Service | undefined;
  const theService = () => {
    service ??= openService();
    return service;
  };
  const opened: Contender[] = [];
  try {
    for (const name of names) opened.push(await open(name, theService));
    return opened;
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
  if (!(await exists(name)) || isModel(name, service))
    return settingsContender(chosenModel(service().models, name), service());
  return extname(name).toLowerCase() === '.jsonl' ? documentsContender(name) : fileContender(name);
}

const isPath = (name: string): boolean => /[/\\]/u.test(name);

const noFile = (name: string): UsageError =>
  new UsageError(
    `There is no file or folder ${JSON.stringify(name)}.`,
    'Name an ONNX export (Custom Vision portal: Performance → Export), as the zip or unpacked, prediction documents (.jsonl), or a model of VISION_MODELS.',
  );

function isModel(name: string, service: () => Service): boolean {
  try {
    return service().models.some((model) => model.name === name);
  } catch {
    return false; // unusable settings name no model, and an export needs none
  }
}
