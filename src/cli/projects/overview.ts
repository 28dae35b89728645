import PQueue from 'p-queue';
import type { Domain, Iteration, Project } from '../training/answers.ts';
import type { TrainingClient } from '../training/client.ts';

/** One project of a training account as it is told: in a table, or as it is with --json. */
export type ProjectOverview = {
  id: string;
  name: string;
  /** null: its domain is not among those of the service. */
  task: 'classify' | 'detect' | null;
  classificationType: string | null;
  domain: string | null;
  iterations: IterationOverview[];
};

export type IterationOverview = {
  id: string;
  name: string;
  status: string | null;
  /** ISO 8601; null: not trained. */
  trainedAt: string | null;
  publishedName: string | null;
  /** Azure Resource Manager id of the prediction account it was first published to. */
  publishedTo: string | null;
  exportable: boolean;
  exportableTo: string[];
};

/** An account may hold 100 projects, each of which is one call more. */
const AT_ONCE = 4;

/** All projects, by name, each with its iterations, the latest trained first. Rejects with a KeylessError. */
export async function readOverview(client: TrainingClient): Promise<ProjectOverview[]> {
  const [projects, domains] = await Promise.all([client.projects(), client.domains()]);
  const queue = new PQueue({ concurrency: AT_ONCE });
  const overviews = await Promise.all(
    projects.map(async (project) => {
      const iterations = await queue.add(() => client.iterations(project.id));
      return overviewOf(project, iterations, domains);
    }),
  );
  return overviews.toSorted((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

const TASKS: Readonly<Record<string, 'classify' | 'detect'>> = {
  Classification: 'classify',
  ObjectDetection: 'detect',
};

function overviewOf(
  { id, name, settings }: Project,
  iterations: readonly Iteration[],
  domains: readonly Domain[],
): ProjectOverview {
  const domain = domains.find((each) => each.id === settings?.domainId);
  return {
    id,
    name,
    task: (domain && TASKS[domain.type]) ?? null,
    classificationType: settings?.classificationType ?? null,
    domain: domain?.name ?? settings?.domainId ?? null,
    iterations: iterations
      .map((iteration) => ({
        id: iteration.id,
        name: iteration.name,
        status: iteration.status ?? null,
        trainedAt: iteration.trainedAt ?? null,
        publishedName: iteration.publishName ?? null,
        publishedTo: iteration.originalPublishResourceId ?? null,
        exportable: iteration.exportable ?? false,
        exportableTo: iteration.exportableTo ?? [],
      }))
      .toSorted((a, b) => (b.trainedAt ?? '').localeCompare(a.trainedAt ?? '')),
  };
}
