import type { Domain, Iteration, Performance, ProjectInFull, Tag } from '../training/answers.ts';
import type { TrainingClient } from '../training/client.ts';
import { projectNamed } from '../training/named.ts';

/** What a project is, but for its pictures and how well its iterations do. */
export type Facts = {
  project: ProjectInFull;
  tags: readonly Tag[];
  iterations: readonly Iteration[];
  domainName(id: string | null | undefined): string;
};

/** Rejects with a KeylessError, or a UsageError where there is no such project. */
export async function readFacts(client: TrainingClient, named: string): Promise<Facts> {
  const { id } = projectNamed(await client.projects(), named);
  const [project, domains, tags, iterations] = await Promise.all([
    client.project(id),
    client.domains(),
    client.tags(id),
    client.iterations(id),
  ]);
  return { project, tags, iterations, domainName: (domainId) => nameOf(domains, domainId ?? '') };
}

const nameOf = (domains: readonly Domain[], id: string): string =>
  domains.find((each) => each.id === id)?.name ?? id;

export type Measured = Iteration & { performance: Performance | undefined };

/** Iterations with the figures that the service keeps of those that are trained. */
export const measured = (client: TrainingClient, { project, iterations }: Facts): Promise<Measured[]> =>
  Promise.all(
    iterations.map(async (iteration) => {
      const performance = iteration.trainedAt
        ? await client.performance(project.id, iteration.id)
        : undefined;
      return { ...iteration, performance };
    }),
  );
