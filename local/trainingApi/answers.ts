import { Refusal } from '../prediction/refusal.ts';
import type { TrainingIteration, TrainingProject } from './contract.ts';
import { DOMAINS } from './projects.ts';

/** When the projects of this machine were made and changed; nothing here depends on it. */
const CREATED = '2026-03-01T08:00:00.000Z';

/**
 * The reads of training v3.3 that this machine knows; undefined: no such path. Throws a Refusal where something is not there.
 * https://github.com/Azure/azure-rest-api-specs/blob/main/specification/cognitiveservices/data-plane/CustomVision/Training/stable/v3.3/Training.json
 */
export function answerOf(path: string, projects: readonly TrainingProject[]): unknown {
  const segments = /^\/customvision\/v3\.3\/training\/(.+?)\/?$/iu.exec(path)?.[1]?.split('/') ?? [];
  const [room, id, part, iterationId, ...more] = segments;
  if (more.length > 0) return undefined;
  if (room === 'domains') return id === undefined ? DOMAINS : !part ? domain(id) : undefined;
  if (room !== 'projects') return undefined;
  if (id === undefined) return projects.map(projectAnswer);
  if (part !== undefined && part !== 'iterations') return undefined;
  const project = projects.find((each) => each.id.toLowerCase() === id.toLowerCase());
  if (!project) throw new Refusal('NotFoundProject');
  if (part === undefined) return projectAnswer(project);
  const iterations = project.iterations.map((each) => iterationAnswer(each, project.id));
  if (iterationId === undefined) return iterations;
  const found = iterations.find((each) => each.id.toLowerCase() === iterationId.toLowerCase());
  if (!found) throw new Refusal('NotFoundIteration');
  return found;
}

function domain(id: string) {
  const found = DOMAINS.find((each) => each.id === id.toLowerCase());
  if (!found) throw new Refusal('NotFoundDomain');
  return found;
}

const projectAnswer = ({ id, name, domainId, classificationType }: TrainingProject) => ({
  id,
  name,
  description: '',
  settings: { domainId, classificationType, targetExportPlatforms: [], useNegativeSet: false },
  created: CREATED,
  lastModified: CREATED,
  thumbnailUri: null,
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
