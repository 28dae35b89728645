import type { TokenCredential } from '@azure/identity';
import { credentialFor } from '../identity/credential.ts';
import { type LoadedSettings, readSettings, requireSettings, type Settings } from '../settings.ts';
import { type Containers, openContainers } from '../storage.ts';
import { createPredictionClient, type PredictionClient } from '../vision/client.ts';

/** What every function shares: one settings object, one credential, one prediction client, one storage client. */
export const loaded: LoadedSettings = readSettings(process.env);

let client: PredictionClient | undefined;
let containers: Promise<Containers> | undefined;

/** The checked settings; throws SettingsInvalid, with every problem, where there are none. */
export const settings = (): Settings => requireSettings(loaded);

const credential = (): TokenCredential => credentialFor(settings().identity);

export function predictionClient(): PredictionClient {
  client ??= createPredictionClient(credential());
  return client;
}

export function pictureContainers(): Promise<Containers> {
  containers ??= openContainers(settings(), credential);
  return containers;
}
