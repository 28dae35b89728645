import type { Predictor } from './predictor.ts';
import { Refusal } from './refusal.ts';
import type { PredictionRoute } from './routes.ts';

export const DEFAULT_PROJECT_ID = '7b1d4c9e-0a36-4f5b-8e2d-5c6f7a8b9d01';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export type PublishedModels = {
  /** By published name. Whoever made a predictor closes it. */
  models: Record<string, Predictor>;
  /** The project of every model that `projectIds` does not name. */
  projectId?: string;
  projectIds?: Record<string, string>;
};

export type ModelDirectory = (route: PredictionRoute) => { predictor: Predictor; projectId: string };

/** Finds the model a route means; what it returns throws a Refusal when there is none of that name or task. */
export function createModelDirectory({ models, projectId, projectIds }: PublishedModels): ModelDirectory {
  const projectOf = (name: string) => projectIds?.[name] ?? projectId ?? DEFAULT_PROJECT_ID;
  const known = new Map<string, Map<string, Predictor>>();
  for (const [name, predictor] of Object.entries(models)) {
    const project = projectOf(name).toLowerCase();
    if (!UUID.test(project)) {
      throw new TypeError(`The project id of '${name}' must be a UUID, but is '${project}'.`);
    }
    known.set(project, (known.get(project) ?? new Map()).set(name, predictor));
  }
  return (route) => {
    const project = route.projectId.toLowerCase();
    const published = known.get(project);
    if (!published) throw new Refusal('NotFoundProject');
    const predictor = published.get(route.publishedName);
    if (!predictor) throw new Refusal('NotFoundIteration');
    if (predictor.task !== route.task) {
      const kind = predictor.task === 'detect' ? 'object detection' : 'classification';
      throw new Refusal('BadRequestOperationNotSupported', {
        message: `Invalid project type for operation: ${route.operation} does not fit this ${kind} project.`,
      });
    }
    return { predictor, projectId: project };
  };
}
