import type { TokenCredential } from '@azure/identity';
import { credentialFor } from '../identity/credential.ts';
import { createTelling, type Send } from '../notify/telling.ts';
import { createMemory, memoryForPictures } from '../scoring/admission.ts';
import { PICTURE_BUDGET, type ScoringParts } from '../scoring/scorePicture.ts';
import { readSettings, requireSettings, type Settings } from '../settings/settings.ts';
import { openContainers, openQueue, sendMessage } from '../storage/containers.ts';
import { createPredictionClient } from '../vision/client.ts';
import { requireBeginning } from './noSettings.ts';

/** What the app's functions share, for a command. Throws SettingsInvalid where the settings cannot be used. */
export async function scoringParts(): Promise<ScoringParts> {
  requireBeginning();
  const settings = requireSettings(readSettings());
  const credential = () => credentialFor(settings.identity);
  const { notify } = settings;
  return {
    ...(notify.length > 0 && { telling: createTelling(notify, await sendTo(settings, credential)) }),
    containers: await openContainers(settings, credential),
    ask: createPredictionClient(credential()).predict,
    models: settings.models,
    budget: PICTURE_BUDGET,
    memory: createMemory(memoryForPictures()),
  };
}

/** Messages for the app, which tells others of what a command wrote. */
export async function sendTo(settings: Settings, credential: () => TokenCredential): Promise<Send> {
  const queue = await openQueue(settings, credential, settings.notifyName);
  return (delivery, seconds) => sendMessage(queue, JSON.stringify(delivery), seconds);
}
