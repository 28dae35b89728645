import { visionEndpoint } from './endpoint.ts';
import { type Problems, shown } from './problem.ts';

export type Task = 'classify' | 'detect';
export type ModelAddress = { endpoint: string; projectId: string; publishedName: string; task: Task };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;
const PREDICTION_PATH =
  /^\/customvision\/v3\.[01]\/prediction\/([^/]+)\/(classify|detect)\/iterations\/([^/]+)(?:\/(?:image|url)(?:\/nostore)?)?\/?$/iu;

export const isUuid = (text: string): boolean => UUID.test(text);

/** Takes apart the prediction URL that the Custom Vision portal shows (Performance → Prediction URL). */
export function readPredictionUrl(
  setting: string,
  text: string,
  problem: Problems,
): ModelAddress | undefined {
  const match = URL.canParse(text) ? PREDICTION_PATH.exec(new URL(text).pathname) : null;
  const [, projectId = '', task = '', name = ''] = match ?? [];
  if (!match) {
    problem({
      setting,
      expected:
        'the prediction URL as the portal shows it: https://<name>.cognitiveservices.azure.com/customvision/v3.1/Prediction/<project id>/classify|detect/iterations/<published name>/image',
      got: shown(text),
    });
    return undefined;
  }
  const endpoint = visionEndpoint(setting, new URL(text).origin, problem);
  if (!isUuid(projectId)) {
    problem({ setting, expected: 'a project id (a UUID) in the URL', got: shown(projectId) });
    return undefined;
  }
  if (!endpoint) return undefined;
  return {
    endpoint,
    projectId: projectId.toLowerCase(),
    publishedName: decoded(name),
    task: task.toLowerCase() as Task,
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a lone % is no escape: the name as it stands
  }
}
