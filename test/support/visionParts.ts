import type { TokenCredential } from '@azure/identity';
import { DEFAULT_PROJECT_ID } from '../../local/prediction/models.ts';
import { createCredential } from '../../src/identity/credential.ts';
import type { Budget } from '../../src/prediction.ts';
import type { IdentityChoice, ServiceModel } from '../../src/settings/settings.ts';
import { createPredictionClient, type PredictionClient } from '../../src/vision/client.ts';
import { type Parts, startParts } from '../local/prediction/parts.ts';

export type VisionParts = Parts & {
  client: PredictionClient;
  /** A model at the prediction server; `own` goes before what it has. */
  model(own?: Partial<ServiceModel>): ServiceModel;
};

/** Patient for a test’s while, and quick to try again. */
export const QUICK: Budget = { total: 4_000, attempt: 1_000, firstWait: 5 };
/** No second attempt fits into it. */
export const ONCE: Budget = { total: 1_000, attempt: 1_000, firstWait: 1_000 };

/** The shipped client and credential with the local identity endpoint and prediction server, over real HTTP. */
export async function startVisionParts(
  choice: IdentityChoice = { kind: 'systemAssigned' },
): Promise<VisionParts> {
  const parts = await startParts();
  Object.assign(process.env, parts.identity.environment);
  const credential = createCredential(choice);
  let client = clientOf(credential);
  const resetServer = parts.server.reset;
  parts.server.reset = () => {
    resetServer();
    client = clientOf(credential); // what a 429 paused must not wait in the next test
  };
  return {
    ...parts,
    get client() {
      return client;
    },
    model: (own) => modelAt(parts.server.url, own),
  };
}

export const clientOf = (credential: TokenCredential): PredictionClient => createPredictionClient(credential);

/** A credential that has no other token than its first, so that one that is refused is not replaced. */
export function oneToken(): TokenCredential {
  const credential = createCredential({ kind: 'systemAssigned' });
  let token: ReturnType<TokenCredential['getToken']> | undefined;
  return {
    getToken(scope) {
      token ??= credential.getToken(scope);
      return token;
    },
  };
}

export const modelAt = (endpoint: string, own: Partial<ServiceModel> = {}): ServiceModel => ({
  name: 'default',
  endpoint,
  projectId: DEFAULT_PROJECT_ID,
  publishedName: own.task === 'detect' ? 'fruit boxes' : 'fruit',
  task: 'classify',
  paths: ['**'],
  threshold: 0.5,
  store: false,
  tiles: false,
  rate: 10_000,
  ...own,
});
