import { PredictionAPIClient } from '@azure/cognitiveservices-customvision-prediction';
import { type HttpOperationResponse, type ServiceClientCredentials, signingPolicy } from '@azure/ms-rest-js';
import type { Image, Priority } from '../prediction.ts';
import { addressed, type ServiceModel } from '../settings/settings.ts';
import { createHttpClient } from './httpClient.ts';
import { operationsOf, requestOf } from './operation.ts';
import { createPace, type Pace } from './pacing.ts';

/** Where a model is asked: at its own address, or at that of a copy. */
export type Place = {
  /** With the address of this place. */
  model: ServiceModel;
  pace: Pace;
  /** Resolves with any answer, whatever its status. */
  send(image: Image, signal: AbortSignal): Promise<HttpOperationResponse>;
};

/** The places of each model, its own first; one SDK client and one pace per endpoint, all on the same kept-alive sockets. */
export function createPlaces(signer: ServiceClientCredentials): (model: ServiceModel) => Place[] {
  const httpClient = createHttpClient();
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

  const paces = new Map<string, { rate: number; pace: Pace }>();
  /** The rate is the account’s, so the slowest of an endpoint’s models decides. */
  function paceFor({ endpoint, rate }: ServiceModel): Pace {
    const known = paces.get(endpoint);
    if (known && known.rate <= rate) return known.pace;
    const pace = createPace(rate);
    paces.set(endpoint, { rate, pace });
    return pace;
  }

  function placeOf(model: ServiceModel): Place {
    const client = clientFor(model.endpoint);
    const operations = operationsOf(model);
    operations.catch(() => {}); // told by whoever sends
    return {
      model,
      get pace() {
        return paceFor(model);
      },
      async send(image, signal) {
        const operation = (await operations)['bytes' in image ? 'bytes' : 'url'];
        return client.sendRequest(requestOf(operation, image, signal));
      },
    };
  }

  const known = new WeakMap<ServiceModel, Place[]>();
  return (model) => {
    const places = known.get(model) ?? addressed(model).map(placeOf);
    known.set(model, places);
    return places;
  };
}

/** Whose turn comes first, the first of equals. */
export const soonest = (places: readonly Place[], priority: Priority): Place | undefined =>
  places.toSorted((a, b) => a.pace.waitMs(priority) - b.pace.waitMs(priority))[0];
