import type { TokenCredential } from '@azure/identity';
import { asKeylessError, type KeylessError } from '../../errors/errors.ts';
import { createCredential } from '../../identity/credential.ts';
import type { Budget } from '../../prediction.ts';
import { readIdentity } from '../../settings/identity.ts';
import { readWays, waysOut } from '../../settings/proxies.ts';
import {
  type IdentityChoice,
  type LoadedSettings,
  readSettings,
  type ServiceModel,
} from '../../settings/settings.ts';
import { createPredictionClient, VISION_SCOPE } from '../../vision/client.ts';
import { operatorCredential } from '../azure/cloud.ts';
import { samplePicture } from '../samplePicture.ts';
import { type TokenFacts, tokenFacts } from '../token/claims.ts';
import type { Iteration } from '../training/answers.ts';
import { createTrainingClient } from '../training/client.ts';
import { TRAINING_SETTING } from '../training/endpoint.ts';
import type { DeployedApp } from './deployedApp.ts';
import { type Place, placeOf } from './place.ts';
import { type Reached, reach } from './reach.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
export type Get = (name: string) => string | undefined;

/** What came of one prediction call: how it was refused, or what was answered. */
export type Asked =
  | { refused: KeylessError }
  | { refused?: undefined; iteration: string; tags: number; best: string | undefined; ms: number };

/** What the checks share. Each thing is asked for at most once, by whichever check comes first. */
export type Context = {
  environment: Environment;
  /** A setting’s value; an empty one counts as not set. */
  get: Get;
  loaded: LoadedSettings;
  place: Place;
  choice: IdentityChoice;
  deployed: DeployedApp | undefined;
  credential(): TokenCredential;
  /** Of the Cognitive Services audience. Rejects with a KeylessError. */
  visionToken(): Promise<TokenFacts>;
  reach(origin: string): Promise<Reached>;
  /** Sends a model nothing to score, which costs nothing: what is wrong before the picture shows all the same. */
  askEmpty(model: ServiceModel): Promise<Asked>;
  /** Sends the sample picture: one paid call, however many checks ask. */
  askSample(model: ServiceModel): Promise<Asked>;
  /** Of a project, from the training account at VISION_TRAINING_ENDPOINT. Rejects with a KeylessError. */
  iterations(projectId: string): Promise<Iteration[]>;
};

const BUDGET: Budget = { total: 8_000, attempt: 6_000, firstWait: 300 };

export function createContext(environment: Environment, deployed?: DeployedApp): Context {
  const get: Get = (name) => environment[name]?.trim() || undefined;
  const choice = readIdentity(get, () => {}); // its problems are among those of readSettings
  // a deployed app’s identity cannot be borrowed: what is tried at all is tried with the operator’s sign-in
  const credential = once(() => (deployed ? operatorCredential() : createCredential(choice)));
  const client = once(() => createPredictionClient(credential()));
  const training = once(() =>
    createTrainingClient(URL.parse(get(TRAINING_SETTING) ?? '')?.origin ?? '', credential()),
  );

  async function ask(model: ServiceModel, bytes: Buffer): Promise<Asked> {
    const started = performance.now();
    try {
      const { value } = await client().predict(model, { bytes }, BUDGET);
      const [best] = value.predictions;
      return {
        iteration: value.iteration,
        tags: value.predictions.length,
        best: best && `${best.tagName} ${best.probability.toFixed(2)}`,
        ms: Math.round(performance.now() - started),
      };
    } catch (error) {
      return { refused: asKeylessError(error) };
    }
  }
  const onceEach = (bytes: () => Buffer) => {
    const asked = new Map<string, Promise<Asked>>();
    return (model: ServiceModel) => {
      const answer = asked.get(model.name) ?? ask(model, bytes());
      asked.set(model.name, answer);
      return answer;
    };
  };

  return {
    environment,
    get,
    loaded: readSettings(environment),
    place: placeOf(environment, deployed),
    choice,
    deployed,
    credential,
    visionToken: once(async () => {
      const token = await credential().getToken(VISION_SCOPE);
      if (!token) throw new Error('The credential gave no token.');
      return tokenFacts(token);
    }),
    // a deployed app’s proxies are not on this machine’s way
    reach: oncePer((origin) => reach(origin, deployed ? waysOut() : readWays(environment, () => {}))),
    askEmpty: onceEach(() => Buffer.alloc(0)),
    askSample: onceEach(samplePicture),
    iterations: oncePer((projectId) => training().iterations(projectId)),
  };
}

/** Whose tokens are used, as a role assignment names it. */
export const principalType = ({ choice, deployed }: Context): 'User' | 'ServicePrincipal' =>
  deployed || choice.kind === 'developer' ? 'User' : 'ServicePrincipal';

/** Inside Azure alone there is an identity endpoint to ask. */
export const INSIDE =
  'Only the app itself can ask for its identity’s token; drop a picture with --probe, or run this command inside the app.';

/** The function, run at the first call; later calls get the same. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The same for each key. */
export function oncePer<K extends string, T>(make: (key: K) => T): (key: K) => T {
  const made = new Map<K, { value: T }>();
  return (key) => {
    const known = made.get(key) ?? { value: make(key) };
    made.set(key, known);
    return known.value;
  };
}
