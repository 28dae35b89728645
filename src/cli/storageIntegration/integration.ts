import type { TokenCredential } from '@azure/identity';
import { KeylessError } from '../../errors/errors.ts';
import { withoutSecrets } from '../../errors/secrets.ts';
import type { Budget } from '../../prediction.ts';
import type { ProjectInFull } from '../training/answers.ts';
import { createTrainingClient, type TrainingClient } from '../training/client.ts';
import { projectNamed } from '../training/named.ts';

/** Where a project’s exports and its notices go by themselves; undefined: nowhere. */
export type Integration = { container: string | undefined; queue: string | undefined };
export type OpenProject = { client: TrainingClient; project: ProjectInFull };

/** The service tries the connection before it answers. */
const BUDGET: Budget = { total: 60_000, attempt: 30_000, firstWait: 500 };

export async function openProject(
  endpoint: string,
  credential: TokenCredential,
  named: string,
): Promise<OpenProject> {
  const client = createTrainingClient(endpoint, credential, BUDGET);
  const { id } = projectNamed(await client.projects(), named);
  return { client, project: await client.project(id) };
}

export const integrationOf = ({ settings }: ProjectInFull): Integration => ({
  container: settings.exportModelContainerUri || undefined,
  queue: settings.notificationQueueUri || undefined,
});

/**
 * Changes where they go, and nothing else of the project. Rejects with a KeylessError, also where the service says yes and
 * the project does not show it.
 */
export async function integrate({ client, project }: OpenProject, wanted: Integration): Promise<void> {
  const { id, name, description, status, settings } = project;
  const uris = {
    exportModelContainerUri: wanted.container ?? null,
    notificationQueueUri: wanted.queue ?? null,
  };
  await client.updateProject(id, { name, description, status, settings: { ...settings, ...uris } });
  const { container, queue } = integrationOf(await client.project(id));
  if (container === wanted.container && queue === wanted.queue) return;
  throw new KeylessError(
    'VisionAnswerInvalid',
    `Custom Vision took the change, but the project shows container ${container ?? 'none'} and queue ${queue ?? 'none'}.`,
    { fix: 'keyless storage-integration show <project> in a minute; if it stays, the same command again.' },
  );
}

/** The name that an export arrives under: https://learn.microsoft.com/azure/ai-services/custom-vision-service/storage-integration */
export const ARRIVES_AS = (projectId: string): string => `${projectId} - <iteration id>.ONNX`;

/** One fact a line; whoever set an address may have put a signature behind it. */
export const linesOf = ({ container, queue }: Integration): string[] => [
  `exports to    ${container ? withoutSecrets(container) : 'nowhere'}`,
  `notices to    ${queue ? withoutSecrets(queue) : 'nowhere'}`,
];
