import { PredictionAPIClient } from '@azure/cognitiveservices-customvision-prediction';
import type { TokenCredential } from '@azure/identity';
import { AzureIdentityCredentialAdapter, type HttpOperationResponse, signingPolicy } from '@azure/ms-rest-js';
import { decodeJwt } from 'jose';
import { replaceRefused } from '../identity/replaceRefused.ts';
import type { AskModel, Image, ImagePrediction } from '../prediction.ts';
import type { ServiceModel } from '../settings/settings.ts';
import { readAnswer } from './answer.ts';
import { connectionFault, type Principal, refusal, targetOf } from './faults.ts';
import { createHttpClient } from './httpClient.ts';
import { type Operations, operationsOf, requestOf } from './operation.ts';
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
    // Its own policies are left out: retries that wait half a minute each and never try a 429 again (ours are in
    // withRetries), and readers of answers that take a foreign one for an empty prediction (ours is readAnswer).
    const requestPolicyFactories = [signingPolicy(signer)];
    const client =
      clients.get(endpoint) ??
      new PredictionAPIClient(signer, endpoint, { httpClient, requestPolicyFactories });
    clients.set(endpoint, client);
    return client;
  };

  const operations = new WeakMap<ServiceModel, Promise<Operations>>();
  const operationsFor = (model: ServiceModel): Promise<Operations> => {
    const known = operations.get(model) ?? operationsOf(model);
    operations.set(model, known);
    return known;
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

  async function send(
    model: ServiceModel,
    image: Image,
    signal: AbortSignal,
  ): Promise<HttpOperationResponse> {
    const operation = (await operationsFor(model))['bytes' in image ? 'bytes' : 'url'];
    return clientFor(model.endpoint).sendRequest(requestOf(operation, image, signal));
  }

  async function attempt(model: ServiceModel, image: Image, signal: AbortSignal): Promise<ImagePrediction> {
    let answer: HttpOperationResponse;
    try {
      answer = await send(model, image, signal);
    } catch (error) {
      throw connectionFault(error, targetOf(model));
    }
    if (answer.status === 200) return readAnswer(answer.bodyAsText ?? '', model);
    const fault = refusal(answer, model, await principalOf(credential));
    if (fault.code === 'RateLimited') paceFor(model).pauseFor((fault.retryAfterSeconds ?? 0) * 1000);
    throw fault;
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
