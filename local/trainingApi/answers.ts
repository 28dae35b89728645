import { Refusal } from '../prediction/refusal.ts';
import type { TrainingIteration, TrainingProject } from './contract.ts';
import type { Exports } from './exports.ts';
import { byIds, page, picturesOf, tagAnswers } from './pictures.ts';
import type { ProjectChanges } from './projectChanges.ts';
import { DOMAINS } from './projects.ts';

/** When the projects of this machine were made and changed; nothing here depends on it. */
const CREATED = '2026-03-01T08:00:00.000Z';

export type Call = { method: string; path: string; query: URLSearchParams; body: unknown };
export type Answering = {
  projects: readonly TrainingProject[];
  changes: ProjectChanges;
  exports: Exports;
  exportMs: number;
  addressOf(path: string): string;
  /** Of what has been given an address. */
  fileAt(path: string): Buffer | undefined;
};

/**
 * The operations of training v3.3 that this machine knows: JSON, or a file; undefined: no such path. Throws a Refusal.
 * https://github.com/Azure/azure-rest-api-specs/blob/main/specification/cognitiveservices/data-plane/CustomVision/Training/stable/v3.3/Training.json
 */
export function answerOf(call: Call, answering: Answering): unknown {
  const [, rest = ''] = /^\/customvision\/v3\.3\/training\/(.+?)\/?$/iu.exec(call.path) ?? [];
  const [room, id, ...part] = rest.split('/');
  const reads = call.method === 'GET';
  if (room === 'domains' && reads && part.length === 0) return id === undefined ? DOMAINS : domain(id);
  if (room !== 'projects') return undefined;
  const { projects } = answering;
  if (id === undefined) return reads ? projects.map((each) => projectAnswer(each, answering)) : undefined;
  const operation = `${call.method} ${part.map((word, at) => (at === 1 && part[0] === 'iterations' ? '{id}' : word)).join('/')}`;
  const perform = OPERATIONS[operation];
  if (!perform) return undefined;
  const project = projects.find((each) => each.id.toLowerCase() === id.toLowerCase());
  if (!project) throw new Refusal('NotFoundProject');
  return perform(project, call, answering, part[1] ?? '');
}

type Perform = (project: TrainingProject, call: Call, answering: Answering, iterationId: string) => unknown;

const OPERATIONS: Readonly<Record<string, Perform>> = {
  'GET ': (project, _call, answering) => projectAnswer(project, answering),
  'PATCH ': (project, { body }, answering) => {
    answering.changes.patch(project, body);
    return projectAnswer(project, answering);
  },
  'GET artifacts': (_project, { query }, { fileAt }) => {
    const file = fileAt(`/${query.get('path')}`);
    if (!file) throw new Refusal('BadRequestInvalidArtifactUri');
    return file;
  },
  'GET tags': tagAnswers,
  'GET images/tagged': (project, { query }, { addressOf }) => page(project, 'tagged', query, addressOf),
  'GET images/untagged': (project, { query }, { addressOf }) => page(project, 'untagged', query, addressOf),
  'GET images/tagged/count': (project) => picturesOf(project, 'tagged').length,
  'GET images/untagged/count': (project) => picturesOf(project, 'untagged').length,
  'GET images/id': (project, { query }, { addressOf }) => byIds(project, query, addressOf),
  'GET iterations': ({ iterations, id }) => iterations.map((each) => iterationAnswer(each, id)),
  'GET iterations/{id}': (project, _call, _answering, id) =>
    iterationAnswer(iterationNamed(project, id), project.id),
  'GET iterations/{id}/performance': (project, _call, _answering, id) =>
    performance(project, iterationNamed(project, id)),
  'GET iterations/{id}/export': (project, _call, { exports, addressOf }, id) =>
    exports.list(iterationNamed(project, id).id, addressOf),
  'POST iterations/{id}/export': (project, { query }, { exports, exportMs }, id) =>
    exports.ask(iterationNamed(project, id), query, exportMs),
};

function domain(id: string) {
  const found = DOMAINS.find((each) => each.id === id.toLowerCase());
  if (!found) throw new Refusal('NotFoundDomain');
  return found;
}

function iterationNamed({ iterations }: TrainingProject, id: string): TrainingIteration {
  const found = iterations.find((each) => each.id.toLowerCase() === id.toLowerCase());
  if (!found) throw new Refusal('NotFoundIteration');
  return found;
}

const projectAnswer = (project: TrainingProject, { changes, addressOf }: Answering) => ({
  id: project.id,
  name: project.name,
  description: '',
  settings: {
    domainId: project.domainId,
    classificationType: project.classificationType,
    targetExportPlatforms: [],
    useNegativeSet: false,
    ...changes.of(project),
  },
  created: CREATED,
  lastModified: CREATED,
  thumbnailUri: addressOf(`/i-${project.id.replaceAll('-', '')}/t-project`),
  drModeEnabled: false,
  status: 'Succeeded',
});

const iterationAnswer = (iteration: TrainingIteration, projectId: string) => ({
  ...iteration,
  projectId,
  created: CREATED,
  lastModified: iteration.trainedAt ?? CREATED,
  trainingType: 'Regular',
  reservedBudgetInHours: 0,
  trainingTimeInMinutes: 1,
});

/** Made up: nothing was trained here. */
function performance({ tags = [] }: TrainingProject, { trainedAt }: TrainingIteration) {
  if (!trainedAt) throw new Refusal('NotFoundIterationPerformance');
  const figures = {
    precision: 0.9,
    precisionStdDeviation: 0,
    recall: 0.8,
    recallStdDeviation: 0,
    averagePrecision: 0.85,
  };
  return { perTagPerformance: tags.map(({ id, name }) => ({ id, name, ...figures })), ...figures };
}
