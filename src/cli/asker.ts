import { createExports } from '../exports/shelf.ts';
import { createCredential } from '../identity/credential.ts';
import type { AskModel } from '../prediction.ts';
import { createMemory, memoryForPictures } from '../scoring/admission.ts';
import { createAsker } from '../scoring/asker.ts';
import { type IdentityChoice, readSettings, requireSettings } from '../settings/settings.ts';
import { openContainers } from '../storage/containers.ts';
import { createPredictionClient, type PredictionClient } from '../vision/client.ts';

/** Asks any model of the settings; those of storage are wanted only where an export is asked. */
export function openAsker(identity: IdentityChoice): { ask: AskModel; close(): Promise<void> } {
  const own = createCredential(identity);
  const credential = () => own;
  let client: PredictionClient | undefined;
  const exports = createExports(
    async () => (await openContainers(requireSettings(readSettings()), credential)).models,
    createMemory(memoryForPictures()),
  );
  return {
    ask: createAsker((...asked) => {
      client ??= createPredictionClient(own);
      return client.predict(...asked);
    }, exports.ask),
    close: exports.close,
  };
}
