import type { TokenCredential } from '@azure/identity';
import { AzureIdentityCredentialAdapter, type HttpOperationResponse } from '@azure/ms-rest-js';
import { asKeylessError } from '../errors/errors.ts';
import { principalOf } from '../identity/ownClaims.ts';
import { replaceRefused } from '../identity/replaceRefused.ts';
import type { AskModel, Image, ImagePrediction } from '../prediction.ts';
import type { ServiceModel } from '../settings/settings.ts';
import { count } from '../telemetry/telemetry.ts';
import { readAnswer } from './answer.ts';
import { connectionFault, refusal, targetOf } from './faults.ts';
import { createPlaces, type Place, soonest } from './places.ts';
import { withRetries } from './retry.ts';

/** Given explicitly: the adapter’s own default is the scope of Azure Resource Manager. */
export const VISION_SCOPE = 'https://cognitiveservices.azure.com/.default';

export type PredictionClient = { predict: AskModel<ServiceModel> };

/** A prediction client over one credential. */
export function createPredictionClient(credential: TokenCredential): PredictionClient {
  const placesOf = createPlaces(new AzureIdentityCredentialAdapter(credential, VISION_SCOPE));

  async function attempt(place: Place, image: Image, signal: AbortSignal): Promise<ImagePrediction> {
    const ended = (outcome: string) =>
      count('keyless.attempts', { 'keyless.model': place.model.name, 'keyless.outcome': outcome });
    try {
      const answer = await once(place, image, signal);
      ended('succeeded');
      return answer;
    } catch (thrown) {
      ended(asKeylessError(thrown).code);
      throw thrown;
    }
  }

  async function once(
    { model, pace, send }: Place,
    image: Image,
    signal: AbortSignal,
  ): Promise<ImagePrediction> {
    let answer: HttpOperationResponse;
    try {
      answer = await send(image, signal);
    } catch (error) {
      throw connectionFault(error, targetOf(model));
    }
    if (answer.status === 200) return readAnswer(answer.bodyAsText ?? '', model);
    const fault = refusal(answer, model, await principalOf(credential, VISION_SCOPE));
    if (fault.code === 'RateLimited') {
      count('keyless.throttled', { 'keyless.model': model.name });
      pace.pauseFor((fault.retryAfterSeconds ?? 0) * 1000);
    }
    throw fault;
  }

  return {
    predict(model, image, budget, { signal, priority = 'caller' } = {}) {
      const [own, ...copies] = placesOf(model) as [Place, ...Place[]];
      let place = own;
      let untried = [own, ...copies];
      return withRetries(
        async (attemptSignal) => {
          const ask = () => attempt(place, image, attemptSignal);
          const answered = await replaceRefused(credential, VISION_SCOPE, ask);
          const { projectId, publishedName } = place.model;
          return place === own ? answered : { ...answered, copy: { projectId, publishedName } };
        },
        budget,
        {
          signal,
          elsewhere: () => untried.length > 0,
          turn(longestWaitMs) {
            // one that failed comes again after all others
            if (untried.length === 0) untried = [own, ...copies];
            place = soonest(untried, priority) ?? own;
            untried = untried.filter((each) => each !== place);
            return place.pace.turn(priority, longestWaitMs, signal);
          },
        },
      );
    },
  };
}
