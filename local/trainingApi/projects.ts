import { stableUuid } from '../exports/stableUuid.ts';
import { DEFAULT_ACCOUNT } from '../identity/assignments.ts';
import type { TrainingIteration, TrainingProject } from './contract.ts';
import { domainNamed } from './domains.ts';

/** Where the iterations of this machine are published to. */
export const PREDICTION_ACCOUNT_ID = `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/keyless-vision/providers/Microsoft.CognitiveServices/accounts/${DEFAULT_ACCOUNT}`;

const TRAINED_AT = '2026-03-14T09:26:53.589Z';

type Published = { task: 'classify' | 'detect'; iterationId: string };

/**
 * The projects of the prediction server's models, each with the iteration that is published under the model's name;
 * models of one project id share a project, which is named after the first.
 */
export function projectsOf(
  models: Readonly<Record<string, Published>>,
  projectIdOf: (name: string) => string = (name) => stableUuid(`project ${name}`),
): TrainingProject[] {
  const projects = new Map<string, TrainingProject>();
  for (const [name, { task, iterationId }] of Object.entries(models)) {
    const domain =
      task === 'classify'
        ? domainNamed('Classification', 'General (compact)')
        : domainNamed('ObjectDetection', 'General (compact) [S1]');
    const kind = {
      domainId: domain.id,
      classificationType: task === 'classify' ? ('Multiclass' as const) : null,
    };
    const id = projectIdOf(name);
    const project = projects.get(id) ?? { id, name, ...kind, iterations: [] };
    const number = project.iterations.length + 1;
    const published = iteration({ id: iterationId, name: `Iteration ${number}`, ...kind }, name);
    projects.set(id, { ...project, iterations: [...project.iterations, published] });
  }
  return [...projects.values()];
}

/** A trained iteration; without a published name it is one that nobody published. */
export function iteration(
  own: Pick<TrainingIteration, 'id' | 'name' | 'domainId'> & Partial<TrainingIteration>,
  publishName?: string,
): TrainingIteration {
  return {
    status: 'Completed',
    trainedAt: TRAINED_AT,
    exportable: true,
    exportableTo: ['ONNX', 'DockerFile', 'CoreML', 'TensorFlow'],
    classificationType: 'Multiclass',
    publishName: publishName ?? null,
    originalPublishResourceId: publishName === undefined ? null : PREDICTION_ACCOUNT_ID,
    ...own,
  };
}
