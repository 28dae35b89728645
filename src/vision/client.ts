import { PredictionAPIClient } from '@azure/cognitiveservices-customvision-prediction';
import type { TokenCredential } from '@azure/identity';
import { type AbortSignalLike, AzureIdentityCredentialAdapter } from '@azure/ms-rest-js';
import { decodeJwt } from 'jose';
import { KeylessError } from '../errors/errors.ts';
import { replaceRefused } from '../identity/replaceRefused.ts';
import type { AskModel, Image, ImagePrediction } from '../prediction.ts';
import type { ServiceModel } from '../settings/settings.ts';
import { count } from '../telemetry/telemetry.ts';
import { readAnswer } from './answer.ts';
import { type Principal, visionFault } from './faults.ts';
import { createHttpClient } from './httpClient.ts';
import { createPace, type Pace } from './pacing.ts';
import { withRetries } from './retry.ts';

/** Given explicitly: the adapter’s own default is the scope of Azure Resource Manager. */
export const VISION_SCOPE = 'https://cognitiveservices.azure.com/.default';

export type PredictionClient = { predict: AskModel<ServiceModel> };

/** A prediction client over one credential: one SDK client and one pace per endpoint, all on the same kept-alive sockets. */
export function createPredictionClient(credential: TokenCredential): PredictionClient {
  const httpClient = createHttpClient();
  const signer = new AzureIdentityCredentialAdapter(credential, VISION_SCOPE);
  const clients = new Map<string, PredictionAPIClient>();
  const clientFor = (endpoint: string): PredictionAPIClient => {
    const client =
      clients.get(endpoint) ??
      new PredictionAPIClient(signer, endpoint, {
        httpClient,
        // Its retries wait half a minute each, and never try a 429 again; ours are in withRetries.
        noRetryPolicy: true,
        generateClientRequestIdHeader: true,
      });
    clients.set(endpoint, client);
    return client;
  };

  const paces = new Map<string, { rate: number; pace: Pace }>();
  /** The rate is the account’s, so the slowest of an endpoint’s models decides. */
  function paceFor({ endpoint, rate }: ServiceModel): Pace {
    const known = paces.get(endpoint);
    if (known && known.rate <= rate) return known.pace;
    const pace = createPace(rate);
    paces.set(endpoint, { rate, pace });
    return pace;
  }

  async function attempt(model: ServiceModel, image: Image, signal: AbortSignal): Promise<ImagePrediction> {
    try {
      const answer = readAnswer(await call(clientFor(model.endpoint), model, image, signal), model);
      count('keyless.attempts', { 'keyless.model': model.name, 'keyless.outcome': 'succeeded' });
      return answer;
    } catch (error) {
      // Without a token there is nobody to name, and asking again would only double the wait.
      const principal = error instanceof KeylessError ? {} : await principalOf(credential);
      const fault = visionFault(error, model, principal);
      count('keyless.attempts', { 'keyless.model': model.name, 'keyless.outcome': fault.code });
      if (fault.code === 'RateLimited') {
        count('keyless.throttled', { 'keyless.model': model.name });
        paceFor(model).pauseFor((fault.retryAfterSeconds ?? 0) * 1000);
      }
      throw fault;
    }
  }

  return {
    predict: (model, image, budget, { signal, priority = 'caller' } = {}) =>
      withRetries(
        (attemptSignal) =>
          replaceRefused(credential, VISION_SCOPE, () => attempt(model, image, attemptSignal)),
        budget,
        { signal, turn: (longestWaitMs) => paceFor(model).turn(priority, longestWaitMs, signal) },
      ),
  };
}

/** The eight operations of Prediction v3.1: classify or detect × picture or url × stored or not. */
function call(
  client: PredictionAPIClient,
  model: ServiceModel,
  image: Image,
  abortSignal: AbortSignal,
): Promise<unknown> {
  const { task, store, projectId, publishedName } = model;
  const options = { abortSignal: abortSignal as unknown as AbortSignalLike };
  if ('bytes' in image) {
    if (task === 'classify') {
      return store
        ? client.classifyImage(projectId, publishedName, image.bytes, options)
        : client.classifyImageWithNoStore(projectId, publishedName, image.bytes, options);
    }
    return store
      ? client.detectImage(projectId, publishedName, image.bytes, options)
      : client.detectImageWithNoStore(projectId, publishedName, image.bytes, options);
  }
  if (task === 'classify') {
    return store
      ? client.classifyImageUrl(projectId, publishedName, image, options)
      : client.classifyImageUrlWithNoStore(projectId, publishedName, image, options);
  }
  return store
    ? client.detectImageUrl(projectId, publishedName, image, options)
    : client.detectImageUrlWithNoStore(projectId, publishedName, image, options);
}

/** Only for the words of an error: who the token says it is. */
async function principalOf(credential: TokenCredential): Promise<Principal> {
  try {
    const { oid, tid, aud } = decodeJwt((await credential.getToken(VISION_SCOPE))?.token ?? '');
    return {
      ...(typeof oid === 'string' && { objectId: oid }),
      ...(typeof tid === 'string' && { tenantId: tid }),
      ...(typeof aud === 'string' && { audience: aud }),
    };
  } catch {
    return {}; // no token, or one that is not ours to read: the error at hand matters more
  }
}
