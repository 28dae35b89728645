import { stableUuid } from '../../src/exports/stableUuid.ts';
import { DEFAULT_ACCOUNT } from '../identity/assignments.ts';
import type { TrainingIteration, TrainingProject } from './contract.ts';

export type Domain = {
  id: string;
  name: string;
  type: 'Classification' | 'ObjectDetection';
  exportable: boolean;
  enabled: boolean;
};

const domain = (type: Domain['type'], name: string, id: string): Domain => ({
  id,
  name,
  type,
  exportable: name.includes('(compact)'),
  enabled: true,
});

/** Some of the service's domains, with its own ids: https://learn.microsoft.com/azure/ai-services/custom-vision-service/select-domain */
export const DOMAINS: readonly Domain[] = [
  domain('Classification', 'General', 'ee85a74c-405e-4adc-bb47-ffa8ca0c9f31'),
  domain('Classification', 'Food', 'c151d5b5-dd07-472a-acc8-15d29dea8518'),
  domain('Classification', 'General (compact)', '0732100f-1a38-4e49-a514-c9b44c697ab5'),
  domain('ObjectDetection', 'General', 'da2e3a8a-40a5-4171-82f4-58522f70fbc1'),
  domain('ObjectDetection', 'General (compact) [S1]', '7ec2ac80-887b-48a6-8df9-8b1357765430'),
];

/** Throws when there is none of that name and type here. */
export function domainNamed(type: Domain['type'], name: string): Domain {
  const found = DOMAINS.find((each) => each.type === type && each.name === name);
  if (found) return found;
  throw new Error(`There is no domain '${name}' for ${type} here.`);
}

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
