import { styleText } from 'node:util';
import { plain, table } from '../table.ts';
import { identityCredential } from '../token/source.ts';
import { createTrainingClient } from '../training/client.ts';
import { TRAINING_SETTING, trainingEndpoint } from '../training/endpoint.ts';
import { type IterationOverview, type ProjectOverview, readOverview } from './overview.ts';

export type ProjectsOptions = { endpoint?: string; json?: boolean };

const TASK = { classify: 'classification', detect: 'object detection' } as const;

/** Lists the projects of a training account. Resolves with the exit code. */
export async function projects({ endpoint, json }: ProjectsOptions): Promise<number> {
  const address = trainingEndpoint(endpoint, process.env[TRAINING_SETTING]);
  const overviews = await readOverview(createTrainingClient(address, identityCredential().credential));
  if (json) console.log(JSON.stringify(overviews, undefined, 2));
  else if (overviews.length > 0) console.log(overviews.map(block).join('\n\n'));
  console.error(remark(overviews, new URL(address).host));
  return 0;
}

const HEAD = ['iteration', 'published as', 'published to', 'trained', 'export'];

function block({ name, id, task, classificationType, domain, iterations }: ProjectOverview): string {
  const kind = [task ? TASK[task] : 'unknown task', task === 'classify' && classificationType?.toLowerCase()];
  const title = styleText('bold', plain(name), { stream: process.stdout });
  const what = `${kind.filter(Boolean).join(', ')}, domain ${domain ?? 'unknown'}`;
  const lines = iterations.length > 0 ? table([HEAD, ...iterations.map(row)]) : 'no iteration';
  return [`${title}  ${id}  ${plain(what)}`, ...lines.split('\n').map((line) => `  ${line}`)].join('\n');
}

const row = (iteration: IterationOverview): string[] =>
  [
    iteration.name,
    iteration.publishedName ?? '–',
    accountOf(iteration.publishedTo),
    iteration.trainedAt?.slice(0, 10) ?? (iteration.status ?? 'not trained').toLowerCase(),
    iteration.exportable ? iteration.exportableTo.join(', ') || 'yes' : 'no',
  ].map(plain);

/** The account’s name out of its resource id; the id itself where it is not of that form. */
const accountOf = (resourceId: string | null): string =>
  resourceId === null ? '–' : (/\/accounts\/([^/]+)\/?$/iu.exec(resourceId)?.[1] ?? resourceId);

/** Custom Vision ends on that day: https://learn.microsoft.com/azure/ai-services/custom-vision-service/migration-options */
function remark(overviews: readonly ProjectOverview[], host: string): string {
  const published = overviews
    .flatMap(({ iterations }) => iterations)
    .filter(({ publishedName }) => publishedName !== null);
  const bound = published.filter(({ exportable }) => !exportable).length;
  const count = (all: readonly unknown[], one: string) =>
    `${all.length} ${one}${all.length === 1 ? '' : 's'}`;
  const counted = `${count(overviews, 'project')} at ${host}, ${count(published, 'published iteration')}.`;
  if (bound === 0) return counted;
  return `${counted} ${bound} of them cannot be exported: only models of compact domains can leave Custom Vision before its end on 25 September 2028.`;
}
