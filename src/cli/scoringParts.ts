import type { TokenCredential } from '@azure/identity';
import { createExports } from '../exports/shelf.ts';
import { createCredential } from '../identity/credential.ts';
import { createTelling, type Send } from '../notify/telling.ts';
import { createMemory, memoryForPictures } from '../scoring/admission.ts';
import { createAsker } from '../scoring/asker.ts';
import { PICTURE_BUDGET, type ScoringParts } from '../scoring/scorePicture.ts';
import { readSettings, requireSettings, type Settings } from '../settings/settings.ts';
import { openContainers, openQueue, sendMessage } from '../storage/containers.ts';
import { createPredictionClient } from '../vision/client.ts';
import { requireBeginning } from './noSettings.ts';

/** What the app's functions share, for a command. Throws SettingsInvalid where the settings cannot be used. */
export async function scoringParts(): Promise<ScoringParts> {
  requireBeginning();
  const settings = requireSettings(readSettings());
  const own = createCredential(settings.identity);
  const credential = () => own;
  const { notify } = settings;
  const containers = await openContainers(settings, credential);
  const memory = createMemory(memoryForPictures());
  const exports = createExports(async () => containers.models, memory);
  return {
    ...(notify.length > 0 && { telling: createTelling(notify, await sendTo(settings, credential)) }),
    containers,
    ask: createAsker(createPredictionClient(own).predict, exports.ask),
    models: await exports.current(settings.models),
    budget: PICTURE_BUDGET,
    memory,
  };
}

/** Messages for the app, which tells others of what a command wrote. */
export async function sendTo(settings: Settings, credential: () => TokenCredential): Promise<Send> {
  const queue = await openQueue(settings, credential, settings.notifyName);
  return (delivery, seconds) => sendMessage(queue, JSON.stringify(delivery), seconds);
}
