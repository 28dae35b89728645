import { Refusal } from '../prediction/refusal.ts';
import type { TrainingApiOptions, TrainingProject } from './contract.ts';

type Integration = { exportModelContainerUri?: string | null; notificationQueueUri?: string | null };
const NAMES = ['exportModelContainerUri', 'notificationQueueUri'] as const;

/** What UpdateProject changed of the projects’ storage integration; nothing else can be changed here. */
export type ProjectChanges = {
  of(project: TrainingProject): Integration;
  /** Throws a Refusal for a body that is no project, and where the account’s own identity may not write. */
  patch(project: TrainingProject, body: unknown): void;
  reset(): void;
};

/** https://learn.microsoft.com/azure/ai-services/custom-vision-service/storage-integration */
export function createProjectChanges(mayWrite: TrainingApiOptions['mayWrite'] = () => true): ProjectChanges {
  const changed = new Map<string, Integration>();
  return {
    of: ({ id }) => changed.get(id) ?? {},
    patch({ id, domainId }, body) {
      const { name, settings } = recordOf(body);
      if (typeof name !== 'string' || !name) throw new Refusal('BadRequestProjectName');
      const given = recordOf(settings);
      if (given.domainId !== domainId) throw new Refusal('BadRequestProjectUnknownDomain');
      const integration: Integration = {};
      for (const uri of NAMES) {
        const address = given[uri];
        if (typeof address !== 'string' || !address) continue;
        // it tries the connection at once, with a blob and a message of its own
        if (!mayWrite(address)) throw new Refusal('BadRequestInvalid');
        integration[uri] = address;
      }
      changed.set(id, integration);
    },
    reset: () => changed.clear(),
  };
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
