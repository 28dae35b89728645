import type { TokenCredential } from '@azure/identity';
import {
  type AbortSignalLike,
  AzureIdentityCredentialAdapter,
  type HttpOperationResponse,
  ServiceClient,
} from '@azure/ms-rest-js';
import * as v from 'valibot';
import { replaceRefused } from '../../identity/replaceRefused.ts';
import { readRetryAfter } from '../../outbound/retryAfter.ts';
import type { Budget } from '../../prediction.ts';
import { visionEndpoint } from '../../settings/endpoint.ts';
import { describe, type Problem } from '../../settings/problem.ts';
import { VISION_SCOPE } from '../../vision/client.ts';
import { createHttpClient } from '../../vision/httpClient.ts';
import { createPace } from '../../vision/pacing.ts';
import { withRetries } from '../../vision/retry.ts';
import { UsageError } from '../faults.ts';
import { claimsOf } from '../token/claims.ts';
import {
  type Domain,
  domainsSchema,
  type Iteration,
  iterationsSchema,
  type Project,
  projectsSchema,
} from './answers.ts';
import {
  type Asker,
  notTraining,
  type Refused,
  trainingRefusal,
  trainingUnreachable,
} from './faults.ts';

export const TRAINING_SETTING = 'VISION_TRAINING_ENDPOINT';

/** The training account’s origin: what was typed, else the setting. Throws a UsageError where it is none that takes tokens. */
export function trainingEndpoint(typed: string | undefined, setting: string | undefined): string {
  const text = (typed ?? setting)?.trim();
  if (!text) {
    throw new UsageError(
      `Expected the address of the training account, got nothing: neither --endpoint nor ${TRAINING_SETTING} is set.`,
      'az cognitiveservices account list --query "[?kind==\'CustomVision.Training\'].properties.endpoint" --output tsv, and give it with --endpoint.',
    );
  }
  const problems: Problem[] = [];
  const endpoint = visionEndpoint(typed === undefined ? TRAINING_SETTING : '--endpoint', text, (problem) =>
    problems.push(problem),
  );
  if (endpoint) return endpoint;
  throw new UsageError(problems.map(describe).join(' · '));
}

/** The stable version: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/cognitiveservices/data-plane/CustomVision/Training/stable/v3.3 */
const BASE = '/customvision/v3.3/training';
/** Of all but predictions: https://learn.microsoft.com/azure/ai-services/custom-vision-service/limits-and-quotas */
const CALLS_PER_SECOND = 10;
/** Somebody waits before a terminal. */
const BUDGET: Budget = { total: 6_000, attempt: 5_000, firstWait: 300 };

/** Reads of a training account. Each rejects with a KeylessError. */
export type TrainingClient = {
  projects(): Promise<Project[]>;
  iterations(projectId: string): Promise<Iteration[]>;
  domains(): Promise<Domain[]>;
};

/**
 * The training API over a token, with the same adapter and HTTP layer as the prediction client. `endpoint` is an origin,
 * such as https://fruit.cognitiveservices.azure.com.
 */
export function createTrainingClient(
  endpoint: string,
  credential: TokenCredential,
  budget: Budget = BUDGET,
): TrainingClient {
  const client = new ServiceClient(new AzureIdentityCredentialAdapter(credential, VISION_SCOPE), {
    httpClient: createHttpClient(),
    noRetryPolicy: true,
    redirectOptions: { handleRedirects: false }, // the token is for this host alone
    generateClientRequestIdHeader: true,
  });
  const pace = createPace(CALLS_PER_SECOND);

  async function attempt(path: string, signal: AbortSignal): Promise<unknown> {
    const target = `GET ${path} at ${new URL(endpoint).host}`;
    const abortSignal = signal as unknown as AbortSignalLike;
    let answer: HttpOperationResponse;
    try {
      answer = await client.sendRequest({ url: `${endpoint}${BASE}${path}`, method: 'GET', abortSignal });
    } catch (error) {
      throw trainingUnreachable(error, target);
    }
    if (answer.status === 200) return answer.parsedBody;
    throw trainingRefusal(refused(answer), target, endpoint, await askerOf(credential));
  }

  async function get<S extends v.GenericSchema>(path: string, schema: S): Promise<v.InferOutput<S>> {
    const { value } = await withRetries(
      (signal) => replaceRefused(credential, VISION_SCOPE, () => attempt(path, signal)),
      budget,
      { turn: (longestWaitMs) => pace.turn('caller', longestWaitMs) },
    );
    const result = v.safeParse(schema, value);
    if (result.success) return result.output;
    const at = result.issues.map((issue) => v.getDotPath(issue) ?? 'the body').slice(0, 3);
    throw notTraining(`GET ${path} at ${new URL(endpoint).host}`, `see ${at.join(', ')}`);
  }

  return {
    projects: () => get('/projects', projectsSchema),
    iterations: (projectId) => get(`/projects/${encodeURIComponent(projectId)}/iterations`, iterationsSchema),
    domains: () => get('/domains', domainsSchema),
  };
}

function refused({ status, parsedBody, headers }: HttpOperationResponse): Refused {
  const retryAfterSeconds = readRetryAfter(headers.get('retry-after'));
  return { status, body: parsedBody, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

/** Only for the words of an error. */
async function askerOf(credential: TokenCredential): Promise<Asker> {
  try {
    const token = await credential.getToken(VISION_SCOPE);
    const { oid, tid, aud, idtyp } = token ? claimsOf(token) : {};
    return {
      ...(typeof oid === 'string' && { objectId: oid }),
      ...(typeof tid === 'string' && { tenantId: tid }),
      ...(typeof aud === 'string' && { audience: aud }),
      ...(typeof idtyp === 'string' && { user: idtyp === 'user' }),
    };
  } catch {
    return {}; // no token, or one that is not ours to read: the error at hand matters more
  }
}
