import type { HttpMethod } from '@azure/functions';
import type { TokenCredential } from '@azure/identity';
import { createExports, type Exports } from '../exports/shelf.ts';
import { createAccess } from '../http/access.ts';
import { credentialFor } from '../identity/credential.ts';
import type { DigestParts } from '../notify/mail/digest.ts';
import type { Send, Telling } from '../notify/telling.ts';
import type { AskModel } from '../prediction.ts';
import { createMemory, type Memory, memoryForPictures } from '../scoring/admission.ts';
import { createAsker } from '../scoring/asker.ts';
import { PICTURE_BUDGET, type ScoringParts } from '../scoring/scorePicture.ts';
import { targetName } from '../settings/notifyTarget.ts';
import {
  type LoadedSettings,
  type Model,
  readSettings,
  requireSettings,
  type Settings,
} from '../settings/settings.ts';
import { type Containers, openContainers, openQueue, sendMessage } from '../storage/containers.ts';
import { createPredictionClient, type PredictionClient } from '../vision/client.ts';

/** What every function shares: one settings object, one credential, one prediction client, one storage client. */
export const loaded: LoadedSettings = readSettings();

let client: PredictionClient | undefined;
let containers: Promise<Containers> | undefined;

/** The checked settings; throws SettingsInvalid, with every problem, where there are none. */
export const settings = (): Settings => requireSettings(loaded);

export const credential = (): TokenCredential => credentialFor(settings().identity);

export function predictionClient(): PredictionClient {
  client ??= createPredictionClient(credential());
  return client;
}

export function pictureContainers(): Promise<Containers> {
  containers ??= openContainers(settings(), credential);
  return containers;
}

const queues = new Map<string, ReturnType<typeof openQueue>>();

/**
 * Sends a queue message on byte for byte, to be seen after some time. The library is loaded at the first call. Rejects
 * with a storage fault.
 */
export async function putBack(
  queueName: string,
  message: Uint8Array | string,
  seconds: number,
): Promise<void> {
  const queue = queues.get(queueName) ?? openQueue(settings(), credential, queueName);
  queues.set(queueName, queue);
  await sendMessage(await queue, message, seconds);
}

const send: Send = (delivery, seconds) => putBack(settings().notifyName, JSON.stringify(delivery), seconds);

/** Those whom NOTIFY names, by the keys that stand with documents. */
export const targetNames = (): ReadonlyMap<string, string> =>
  new Map(settings().notify.map(({ key, to }) => [key, targetName(to)]));

let teller: Promise<Telling> | undefined;

/** Who tells others of documents; undefined, and not even loaded, where NOTIFY names nobody. */
async function telling(): Promise<Telling | undefined> {
  const { notify } = settings();
  if (notify.length === 0) return undefined;
  teller ??= import('../notify/telling.ts').then(({ createTelling }) => createTelling(notify, send));
  return teller;
}

/** What telling others needs, beside the log. */
export async function deliveryParts(): Promise<Omit<DigestParts, 'log'>> {
  return {
    containers: await pictureContainers(),
    rules: settings().notify,
    credential: credential(),
    room: pictureMemory(),
    send,
  };
}

let memory: Memory | undefined;

/** What pictures take of this process’s memory, by one count for every function. */
export function pictureMemory(): Memory {
  memory ??= createMemory(memoryForPictures());
  return memory;
}

let exports: Exports | undefined;

/** The models that run in this process. */
function ownExports(): Exports {
  exports ??= createExports(async () => (await pictureContainers()).models, pictureMemory());
  return exports;
}

/** Models as they are now: an export may have been uploaded anew. */
export const currentModels = (models: readonly Model[]): Promise<Model[]> => ownExports().current(models);

/** Whoever a model is of: the service, or this process. */
export const ask: AskModel = createAsker(
  (...asked) => predictionClient().predict(...asked),
  (...asked) => ownExports().ask(...asked),
);

/** What scoring a picture of the container needs. */
export async function scoringParts(): Promise<ScoringParts> {
  const told = await telling();
  return {
    ...(told && { telling: told }),
    containers: await pictureContainers(),
    ask,
    models: await currentModels(settings().models),
    budget: PICTURE_BUDGET,
    memory: pictureMemory(),
  };
}

/** Of every function that answers GET: the host keeps the body of an answer to HEAD back. */
export const READING: HttpMethod[] = ['GET', 'HEAD'];

export const { authLevel, guarded } = createAccess(loaded.registration.callers);
