import { readPredictionUrl } from '../../settings/predictionUrl.ts';
import type { Problem } from '../../settings/problem.ts';
import type { Get } from './context.ts';
import { inTurn, type Place, removeCommand, setCommand } from './place.ts';

/** What to put where nothing better can be told from what stands there. */
const VALUES: Readonly<Record<string, string>> = {
  IMAGES_CONTAINER: 'images',
  PREDICTIONS_CONTAINER: 'predictions',
  EVENT_DELIVERY: 'webhook',
  EVENT_QUEUE: 'picture-events',
  VISION_PREDICTION_URL: '<prediction URL>',
  VISION_ENDPOINT: '<endpoint>',
  VISION_PROJECT_ID: '<project id>',
  VISION_PUBLISHED_NAME: '<published name>',
  VISION_TASK: '<classify or detect>',
  MANAGED_IDENTITY_CLIENT_ID: '<client id of the identity>',
  MANAGED_IDENTITY_OBJECT_ID: '<object id of the identity>',
  MANAGED_IDENTITY_RESOURCE_ID: '<resource id of the identity>',
  AZURE_TOKEN_CREDENTIALS: 'dev',
  CALLER_AUTH: 'key',
  ENTRA_TENANT_ID: '<tenant id>',
  ENTRA_AUDIENCE: '<client id of the API>',
  ENTRA_AUTHORITY: 'https://login.microsoftonline.com',
  ENTRA_ROLE: 'Images.Predict',
  ENTRA_READ_ROLE: 'Predictions.Read',
  RECONCILE_SCHEDULE: '0 */15 * * * *',
  URL_HOSTS: '<hosts>',
};
const MODEL_VALUES: Readonly<Record<string, unknown>> = {
  url: '<prediction URL>',
  endpoint: '<endpoint>',
  projectId: '<project id>',
  publishedName: '<published name>',
  task: '<classify or detect>',
  threshold: 0.5,
  rate: 20,
  store: false,
  tiles: false,
  paths: ['**'],
};
const SHORT_FORM = ['VISION_ENDPOINT', 'VISION_PROJECT_ID', 'VISION_PUBLISHED_NAME', 'VISION_TASK'];

/** The command that mends a problem of the settings, as far as the settings tell how. */
export function commandFor(problem: Problem, get: Get, place: Place): string {
  const { setting, expected } = problem;
  const names = setting.split(' and ');
  if (setting.startsWith('VISION_MODELS.') || setting === 'VISION_MODELS') {
    return setCommand(place, { VISION_MODELS: mendedModels(setting, get) });
  }
  const endpoint = get('VISION_ENDPOINT') ?? '';
  if (setting === 'VISION_ENDPOINT' || (SHORT_FORM.includes(setting) && isPredictionUrl(endpoint))) {
    return endpointCommand(endpoint, get, place);
  }
  if (setting === 'ImageStorage') {
    const uris = { ImageStorage__blobServiceUri: blobUri(), ImageStorage__queueServiceUri: queueUri() };
    return inTurn(removeCommand(place, ['ImageStorage']), setCommand(place, uris));
  }
  if (names.length > 1 && /^(?:one of|at most one)/u.test(expected)) {
    return removeCommand(place, names.slice(1));
  }
  return setCommand(place, Object.fromEntries(names.map((name) => [name, freshValue(name, get, place)])));
}

function freshValue(name: string, get: Get, place: Place): string {
  const now = get(name);
  if (name === 'BLOB_TRIGGER_SOURCE') return place.azure ? 'EventGrid' : 'LogsAndContainerScan';
  if (name === 'ENTRA_AUDIENCE' && now?.endsWith('/.default')) return now.slice(0, -'/.default'.length);
  if (name === 'RECONCILE_SCHEDULE' && now?.split(' ').length === 5) return `0 ${now}`;
  if (name.endsWith('ServiceUri')) {
    if (now?.startsWith('http://')) return now.replace('http:', 'https:');
    if (now && !now.includes('://')) return `https://${now}`;
    return name.includes('queue') ? queueUri(get('ImageStorage__blobServiceUri')) : blobUri();
  }
  return VALUES[name] ?? '<value>';
}

const blobUri = (): string => 'https://<account>.blob.core.windows.net';
/** The queue service beside a blob service, where its address tells which. */
export function queueUri(blob: string | undefined = undefined): string {
  return blob?.includes('.blob.')
    ? blob.replace('.blob.', '.queue.')
    : 'https://<account>.queue.core.windows.net';
}

function isPredictionUrl(text: string): boolean {
  let whole = true;
  readPredictionUrl('', text, () => {
    whole = false;
  });
  return whole;
}

/** Often the whole prediction URL stands there. */
function endpointCommand(value: string, get: Get, place: Place): string {
  if (isPredictionUrl(value)) {
    const set = SHORT_FORM.filter((name) => get(name) !== undefined);
    return inTurn(
      removeCommand(place, set),
      setCommand(place, { VISION_PREDICTION_URL: value.split('?', 1)[0] ?? '' }),
    );
  }
  const url = URL.parse(value);
  if (url && /\.api\.cognitive\./u.test(url.hostname)) {
    return inTurn(
      'az cognitiveservices account update --name <account> --resource-group <group> --custom-domain <name>',
      setCommand(place, { VISION_ENDPOINT: 'https://<name>.cognitiveservices.azure.com' }),
    );
  }
  const bare = url?.protocol === 'https:' && !url.username ? url.origin : '<endpoint>';
  return setCommand(place, { VISION_ENDPOINT: bare });
}

/** The models with the wrong member put right; only members that exist are printed, so that no other value is. */
function mendedModels(setting: string, get: Get): string {
  const fresh = JSON.stringify({ '<name>': { url: MODEL_VALUES.url } });
  const [, name = '', member] = setting.split('.');
  let parsed: unknown;
  try {
    parsed = JSON.parse(get('VISION_MODELS') ?? '');
  } catch {
    return fresh;
  }
  if (!isRecord(parsed) || !name) return fresh;
  const models = Object.entries(parsed).map(([each, entry]) => {
    const known = isRecord(entry) ? knownMembers(entry) : {};
    if (each !== name) return [each, known];
    if (member && Object.hasOwn(MODEL_VALUES, member))
      return [each, { ...known, [member]: valueIn(member, entry, get('IMAGES_CONTAINER') ?? 'images') }];
    return [each, Object.keys(known).length > 0 ? known : { url: MODEL_VALUES.url }];
  });
  return JSON.stringify(Object.fromEntries(models));
}

function knownMembers(entry: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entry)
      .filter(([member]) => Object.hasOwn(MODEL_VALUES, member))
      .map(([member, value]) => [member, typeof value === 'string' ? value.split('?', 1)[0] : value]),
  );
}

function valueIn(member: string, entry: unknown, container: string): unknown {
  const paths = isRecord(entry) && Array.isArray(entry.paths) ? entry.paths : [];
  const inside = paths.flatMap((path) =>
    typeof path === 'string' && !path.startsWith('!') ? [withoutContainer(path.trim(), container)] : [],
  );
  if (member === 'paths' && inside.length > 0) return inside;
  return MODEL_VALUES[member];
}

function withoutContainer(path: string, container: string): string {
  const bare = path.replace(/^\//u, '');
  return bare.startsWith(`${container}/`) ? bare.slice(container.length + 1) : bare;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
