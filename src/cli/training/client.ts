import type { TokenCredential } from '@azure/identity';
import {
  type AbortSignalLike,
  AzureIdentityCredentialAdapter,
  type HttpOperationResponse,
  ServiceClient,
} from '@azure/ms-rest-js';
import * as v from 'valibot';
import { replaceRefused } from '../../identity/replaceRefused.ts';
import { createDownload } from '../../outbound/ask.ts';
import { readRetryAfter } from '../../outbound/retryAfter.ts';
import type { Budget } from '../../prediction.ts';
import { VISION_SCOPE } from '../../vision/client.ts';
import { createHttpClient } from '../../vision/httpClient.ts';
import { createPace } from '../../vision/pacing.ts';
import { withRetries } from '../../vision/retry.ts';
import { claimsOf } from '../token/claims.ts';
import * as answers from './answers.ts';
import {
  type Asker,
  notTraining,
  type Refused,
  serviceCodeOf,
  trainingRefusal,
  trainingUnreachable,
} from './faults.ts';

/** The stable version: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/cognitiveservices/data-plane/CustomVision/Training/stable/v3.3 */
export const BASE = '/customvision/v3.3/training';
/** Of all but predictions: https://learn.microsoft.com/azure/ai-services/custom-vision-service/limits-and-quotas */
const CALLS_PER_SECOND = 10;
/** Somebody waits before a terminal. */
const BUDGET: Budget = { total: 6_000, attempt: 5_000, firstWait: 300 };
/** 256 pictures of 300 regions, which is the most of both, have some 20 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Of pictures, listed or named. */
export const MOST_AT_ONCE = 256;

export type Tagging = 'tagged' | 'untagged';

/** A training account. Each call rejects with a KeylessError. */
export type TrainingClient = {
  projects(): Promise<answers.Project[]>;
  project(projectId: string): Promise<answers.ProjectInFull>;
  /** What is not named may be lost: it takes all that can be changed, as `project` told it. */
  updateProject(projectId: string, project: ProjectChange): Promise<void>;
  iterations(projectId: string): Promise<answers.Iteration[]>;
  domains(): Promise<answers.Domain[]>;
  tags(projectId: string): Promise<answers.Tag[]>;
  pictureCount(projectId: string, tagging: Tagging): Promise<number>;
  /** The oldest first, so that those which come meanwhile come last; at most 256. */
  pictures(projectId: string, tagging: Tagging, skip: number): Promise<answers.Picture[]>;
  /** At most 256, with addresses that are good from now on; those that are gone are left out. */
  picturesById(projectId: string, ids: readonly string[]): Promise<answers.Picture[]>;
  /** Undefined where the service keeps none. */
  performance(projectId: string, iterationId: string): Promise<answers.Performance | undefined>;
  exports(projectId: string, iterationId: string): Promise<answers.Export[]>;
  /** Nothing happens where it was asked for before. */
  askExport(projectId: string, iterationId: string, platform: string, flavor?: string): Promise<void>;
  /** A file by the path that stands for its address in a virtual network. */
  artifact(projectId: string, path: string, mostBytes: number): Promise<Buffer>;
};

export type ProjectChange = Pick<answers.ProjectInFull, 'name' | 'description' | 'settings' | 'status'>;

type Call = {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  body?: unknown;
  /** A refusal by this code of the service’s is an answer too: undefined. */
  orCode?: string;
};

/**
 * The training API over a token, with the same adapter and HTTP layer as the prediction client. `endpoint` is an origin,
 * such as https://fruit.cognitiveservices.azure.com; the signal ends what is under way.
 */
export function createTrainingClient(
  endpoint: string,
  credential: TokenCredential,
  budget: Budget = BUDGET,
  signal?: AbortSignal,
): TrainingClient {
  const client = new ServiceClient(new AzureIdentityCredentialAdapter(credential, VISION_SCOPE), {
    httpClient: createHttpClient(MAX_ANSWER_BYTES),
    noRetryPolicy: true,
    redirectOptions: { handleRedirects: false }, // the token is for this host alone
    generateClientRequestIdHeader: true,
  });
  const download = createDownload();
  const pace = createPace(CALLS_PER_SECOND);
  const targetOf = ({ method, path }: Call) => `${method} ${path} at ${new URL(endpoint).host}`;

  async function attempt(call: Call, attemptSignal: AbortSignal): Promise<unknown> {
    const { method, path, body, orCode } = call;
    const abortSignal = attemptSignal as unknown as AbortSignalLike;
    let answer: HttpOperationResponse;
    try {
      const url = `${endpoint}${BASE}${path}`;
      answer = await client.sendRequest({ url, method, abortSignal, ...(body !== undefined && { body }) });
    } catch (error) {
      throw trainingUnreachable(error, targetOf(call));
    }
    if (answer.status === 200) return answer.parsedBody;
    if (orCode !== undefined && serviceCodeOf(answer.parsedBody) === orCode) return undefined;
    throw await faultOf(refused(answer), targetOf(call));
  }

  async function attemptFile(path: string, mostBytes: number, attemptSignal: AbortSignal): Promise<Buffer> {
    const target = targetOf({ method: 'GET', path });
    const token = await credential.getToken(VISION_SCOPE);
    const headers = { authorization: `Bearer ${token?.token}` };
    const question = { headers, signal: attemptSignal, mostBytes };
    const answer = await download(`${endpoint}${BASE}${path}`, question).catch((error: unknown) => {
      throw trainingUnreachable(error, target);
    });
    if (answer.status === 200) return answer.bytes;
    const wait = Number(answer.headers['retry-after']);
    const body = jsonIn(answer.bytes);
    throw await faultOf(
      { status: answer.status, body, ...(wait >= 0 && { retryAfterSeconds: wait }) },
      target,
    );
  }

  async function faultOf(answer: Refused, target: string) {
    const fault = trainingRefusal(answer, target, endpoint, await askerOf(credential));
    if (fault.code === 'RateLimited') pace.pauseFor((fault.retryAfterSeconds ?? 0) * 1000);
    return fault;
  }

  /** In its turn, with a good token, and again where that can mend it. */
  async function patiently<T>(attemptOnce: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { value } = await withRetries(
      (attemptSignal) => replaceRefused(credential, VISION_SCOPE, () => attemptOnce(attemptSignal)),
      budget,
      { signal, turn: (longestWaitMs) => pace.turn('caller', longestWaitMs, signal) },
    );
    return value;
  }

  /** A page in place of an answer may be gone the next time. */
  const send = <S extends v.GenericSchema>(call: Call, schema: S): Promise<v.InferOutput<S>> =>
    patiently(async (attemptSignal) => {
      const result = v.safeParse(schema, await attempt(call, attemptSignal));
      if (result.success) return result.output;
      const at = result.issues.map((issue) => v.getDotPath(issue) ?? 'the body').slice(0, 3);
      throw notTraining(targetOf(call), `see ${at.join(', ')}`);
    });
  const get = <S extends v.GenericSchema>(path: string, schema: S) => send({ method: 'GET', path }, schema);

  return {
    projects: () => get('/projects', answers.projectsSchema),
    project: (id) => get(project(id), answers.projectInFullSchema),
    updateProject: async (id, body) => {
      await send({ method: 'PATCH', path: project(id), body }, answers.projectInFullSchema);
    },
    iterations: (id) => get(`${project(id)}/iterations`, answers.iterationsSchema),
    domains: () => get('/domains', answers.domainsSchema),
    tags: (id) => get(`${project(id)}/tags`, answers.tagsSchema),
    pictureCount: (id, tagging) => get(`${project(id)}/images/${tagging}/count`, v.number()),
    pictures: (id, tagging, skip) =>
      get(
        `${project(id)}/images/${tagging}?orderBy=Oldest&take=${MOST_AT_ONCE}&skip=${skip}`,
        answers.picturesSchema,
      ),
    picturesById: (id, ids) =>
      get(`${project(id)}/images/id?imageIds=${ids.join(',')}`, answers.picturesSchema),
    performance: (id, iterationId) =>
      send(
        {
          method: 'GET',
          path: `${iteration(id, iterationId)}/performance`,
          orCode: 'NotFoundIterationPerformance',
        },
        v.optional(answers.performanceSchema),
      ),
    exports: (id, iterationId) => get(`${iteration(id, iterationId)}/export`, answers.exportsSchema),
    askExport: async (id, iterationId, platform, flavor) => {
      const query = new URLSearchParams({ platform, ...(flavor !== undefined && { flavor }) });
      await send(
        {
          method: 'POST',
          path: `${iteration(id, iterationId)}/export?${query}`,
          orCode: 'BadRequestExportAlreadyInProgress',
        },
        v.optional(answers.exportSchema),
      );
    },
    artifact: (id, path, mostBytes) =>
      patiently((attemptSignal) =>
        attemptFile(`${project(id)}/artifacts?path=${encodeURIComponent(path)}`, mostBytes, attemptSignal),
      ),
  };
}

const project = (id: string): string => `/projects/${encodeURIComponent(id)}`;
const iteration = (projectId: string, id: string): string =>
  `${project(projectId)}/iterations/${encodeURIComponent(id)}`;

function refused({ status, parsedBody, headers }: HttpOperationResponse): Refused {
  const retryAfterSeconds = readRetryAfter(headers.get('retry-after'));
  return { status, body: parsedBody, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
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
