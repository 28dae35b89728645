import { credentialFor } from '../../identity/credential.ts';
import { createPredictionClient } from '../../vision/client.ts';
import { UsageError } from '../faults.ts';
import { chosenModel } from '../predict/chosenModel.ts';
import { visionSettings } from '../predict/visionSettings.ts';
import { type Contender, exportContender, isFolder, type Service, serviceContender } from './contender.ts';

/**
 * Both contenders, each a model of VISION_MODELS or the folder of an export. Two exports need no settings at all. Throws a
 * UsageError where one is neither, or the two cannot be compared.
 */
export async function openContenders(names: readonly [string, string]): Promise<[Contender, Contender]> {
  if (names[0] === names[1]) {
    throw new UsageError(`Expected two different models, got ${JSON.stringify(names[0])} twice.`);
  }
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
  if (!/[/\\]/u.test(name)) return serviceContender(chosenModel(service().models, name), service());
  throw new UsageError(
    `There is no folder ${JSON.stringify(name)}.`,
    'Name the unpacked zip of an ONNX export (Custom Vision portal: Performance → Export), or a model of VISION_MODELS.',
  );
}

function isModel(name: string, service: () => Service): boolean {
  try {
    return service().models.some((model) => model.name === name);
  } catch {
    return false; // unusable settings name no model, and an export needs none
  }
}
