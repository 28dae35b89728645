import type { Task } from './predictor.ts';

/** Which of the eight prediction operations a path means. */
export type PredictionRoute = {
  /** In the gateway's words, e.g. `ClassifyImageUrlWithoutSaving`. */
  operation: string;
  projectId: string;
  task: Task;
  publishedName: string;
  source: 'image' | 'url';
  /** The picture and its result are kept for training: the operations without `/nostore`. */
  stored: boolean;
};

const PATH =
  /^(?:\/customvision\/v3\.1\/prediction)?\/([^/]+)\/(classify|detect)\/iterations\/([^/]+)\/(image|url)(\/nostore)?\/?$/i;

/** Undefined when the path is none of prediction v3.1. */
export function routeOf(pathname: string): PredictionRoute | undefined {
  const [, projectId, task, name, source, nostore] = PATH.exec(pathname) ?? [];
  if (!projectId || !task || !name || !source) return undefined;
  const detects = task.toLowerCase() === 'detect';
  const fromUrl = source.toLowerCase() === 'url';
  return {
    operation: `${detects ? 'Detect' : 'Classify'}Image${fromUrl ? 'Url' : ''}${nostore ? 'WithoutSaving' : ''}`,
    projectId,
    task: detects ? 'detect' : 'classify',
    publishedName: decode(name),
    source: fromUrl ? 'url' : 'image',
    stored: !nostore,
  };
}

/** A name that is no proper percent-encoding stays as it is: no published name will match it. */
function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
