import type { TokenCredential } from '@azure/identity';
import * as v from 'valibot';
import type { Budget } from '../../prediction.ts';
import * as answers from './answers.ts';
import { createTransport } from './transport.ts';

/** Somebody waits before a terminal. */
const BUDGET: Budget = { total: 6_000, attempt: 5_000, firstWait: 300 };
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

/**
 * The training API v3.3 over a token. `endpoint` is an origin, such as https://fruit.cognitiveservices.azure.com; the signal
 * ends what is under way.
 */
export function createTrainingClient(
  endpoint: string,
  credential: TokenCredential,
  budget: Budget = BUDGET,
  signal?: AbortSignal,
): TrainingClient {
  const { send, file } = createTransport(endpoint, credential, budget, signal);
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
      file(`${project(id)}/artifacts?path=${encodeURIComponent(path)}`, mostBytes),
  };
}

const project = (id: string): string => `/projects/${encodeURIComponent(id)}`;
const iteration = (projectId: string, id: string): string =>
  `${project(projectId)}/iterations/${encodeURIComponent(id)}`;
