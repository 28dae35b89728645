import * as v from 'valibot';
import { visionEndpoint } from './endpoint.ts';
import { fraction, parseEntry, parseJson, text } from './json.ts';
import { checkPatterns } from './pathPattern.ts';
import { isUuid, type ModelAddress, readPredictionUrl, type Task } from './predictionUrl.ts';
import { type Problems, shown } from './problem.ts';

/** What is the same of every model that pictures can be sent to. */
type Common = {
  /** The name in the settings and in the route; not the published name. */
  name: string;
  /** Patterns of picture names that go to this model. */
  paths: readonly string[];
  /** Predictions at or above it are accepted; 0..1. */
  threshold: number;
  /** Whether a detector also gets the tiles of a picture that had to be shrunk, each as one more call. */
  tiles: boolean;
  task: Task;
};

/** A model published in Custom Vision. */
export type ServiceModel = ModelAddress &
  Common & {
    /** Whether Custom Vision keeps the picture (its prediction store). */
    store: boolean;
    /** Calls per second the account allows. */
    rate: number;
    /** An export in the models container that answers when the service does not. */
    fallback?: string;
    /** The same model in other accounts, each with a rate of its own: whichever is free first answers. */
    copies?: readonly ModelAddress[];
  };

/** An export in the models container, run in the app itself. */
export type ExportModel = Common & {
  /** Its name in the container. */
  export: string;
  /** Which upload of it: the ETag, once it was looked at. */
  version?: string;
  /** Of that upload, once it was read. */
  sha256?: string;
};

export type Model = ServiceModel | ExportModel;

export const isExport = (model: Model): model is ExportModel => 'export' in model;
export const isService = (model: Model): model is ServiceModel => !isExport(model);

/** A model at each of its addresses, its own first; asked so, no other answers for it. */
export const addressed = ({ copies = [], ...model }: ServiceModel): ServiceModel[] => [
  model,
  ...copies.map((copy) => ({ ...model, ...copy })),
];

/** Whether a picture that has to be shrunk goes to it in parts too, each a call of its own: it answers differently. */
export const takesTiles = ({ task, tiles }: { task?: Task; tiles?: boolean }): boolean =>
  task === 'detect' && tiles === true;

/** Rates of the S0 tier: https://learn.microsoft.com/azure/ai-services/custom-vision-service/limits-and-quotas */
const S0_RATE = { stored: 10, unstored: 20 } as const;
/** A turn in 104 s, within the patience of scoring/scorePicture with a picture. */
const LEAST_RATE = 0.01;
const DEFAULT_THRESHOLD = 0.5;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/u;

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
const blobName = v.pipe(
  v.string('the name of an export in MODELS_CONTAINER'),
  v.regex(
    /^(?!\/)[^\p{Cc}\p{Cs}\\]{1,1024}(?<![./])$/u,
    'the name of an export in MODELS_CONTAINER, such as pears.zip or fruit/pears.onnx',
  ),
);
const MOST_URLS = 16;
const urls = v.pipe(
  v.union([text, v.array(text)], `a prediction URL, or a list of up to ${MOST_URLS}`),
  v.transform((value) => [value].flat()),
  v.minLength(1, 'at least one prediction URL'),
  v.maxLength(MOST_URLS, `at most ${MOST_URLS} prediction URLs`),
);
const entrySchema = v.strictObject(
  {
    url: v.optional(urls),
    endpoint: v.optional(text),
    projectId: v.optional(text),
    publishedName: v.optional(text),
    export: v.optional(blobName),
    fallback: v.optional(blobName),
    task: v.optional(v.picklist(['classify', 'detect'], '"classify" or "detect"')),
    paths: v.optional(v.pipe(v.array(text, 'a list of patterns'), v.minLength(1, 'at least one pattern')), [
      '**',
    ]),
    threshold: v.optional(fraction, DEFAULT_THRESHOLD),
    store: v.optional(v.boolean('true or false'), false),
    tiles: v.optional(v.boolean('true or false'), false),
    rate: v.optional(
      v.pipe(
        v.number('a number of calls per second'),
        v.minValue(
          LEAST_RATE,
          `${LEAST_RATE} or more: at a lower rate a picture does not get its turn in time`,
        ),
        v.finite('a number of calls per second'),
      ),
    ),
  },
  'an object with url, or endpoint, projectId, publishedName and task, or export and task; beside them only paths, threshold, store, tiles, rate and fallback',
);
type Entry = v.InferOutput<typeof entrySchema>;

/** VISION_MODELS: JSON of name → entry. */
export function readModels(json: string, problem: Problems): Model[] {
  const setting = 'VISION_MODELS';
  const parsed = parseJson(setting, json, problem);
  if (parsed === undefined) return [];
  if (
    typeof parsed !== 'object' ||
    parsed === null ||
    Array.isArray(parsed) ||
    Object.keys(parsed).length === 0
  ) {
    problem({
      setting,
      expected: 'a JSON object of model name → entry, with one at least',
      got: shown(parsed),
    });
    return [];
  }
  return Object.entries(parsed).flatMap(([name, value]) => {
    const model = readModel(name, value, problem);
    return model ? [model] : [];
  });
}

function readModel(name: string, value: unknown, problem: Problems): Model | undefined {
  const setting = `VISION_MODELS.${name}`;
  if (!NAME.test(name)) {
    problem({ setting, expected: 'a model name of letters, digits, - and _ (at most 64)', got: shown(name) });
    return undefined;
  }
  const entry = parseEntry(setting, entrySchema, value, problem);
  if (!entry) return undefined;
  checkPatterns(`${setting}.paths`, entry.paths, problem);
  if (entry.export !== undefined) return exportModel(setting, name, entry, problem);
  const [address, ...copies] = addressesOf(setting, entry, problem);
  return address && { ...asModel(name, address, entry), ...(copies.length > 0 && { copies }) };
}

/** What is no fault, but may not be meant: pictures that go to several models, each a paid call. */
export function overlaps(models: readonly Model[]): string[] {
  return models.flatMap((model, index) =>
    models.slice(index + 1).flatMap((other) => {
      const shared = model.paths.filter((path) => other.paths.includes(path) || path === '**');
      const both = other.paths.includes('**') ? ['**'] : shared;
      const paid = isService(model) && isService(other) ? ', each a paid call' : '';
      return both.length > 0
        ? [
            `VISION_MODELS: ${model.name} and ${other.name} share the paths ${both.join(', ')}; such pictures go to both${paid}`,
          ]
        : [];
    }),
  );
}

export function asModel(name: string, address: ModelAddress, entry: Partial<Entry> = {}): ServiceModel {
  const store = entry.store ?? false;
  return {
    ...address,
    ...commonOf(name, entry),
    store,
    rate: entry.rate ?? (store ? S0_RATE.stored : S0_RATE.unstored),
    ...(entry.fallback !== undefined && { fallback: entry.fallback }),
  };
}

const commonOf = (name: string, entry: Partial<Entry>): Omit<Common, 'task'> => ({
  name,
  paths: entry.paths ?? ['**'],
  threshold: entry.threshold ?? DEFAULT_THRESHOLD,
  tiles: entry.tiles ?? false,
});

/** Of an export nothing is published, stored or paid, so what tells of that has no place beside it. */
function exportModel(
  setting: string,
  name: string,
  entry: Entry,
  problem: Problems,
): ExportModel | undefined {
  const { url, endpoint, projectId, publishedName, fallback, rate, task, store } = entry;
  const others = { url, endpoint, projectId, publishedName, fallback, rate, store: store || undefined };
  const given = Object.entries(others).flatMap(([member, value]) => (value === undefined ? [] : [member]));
  if (given.length > 0) {
    problem({ setting, expected: `export and task alone, without ${given.join(', ')}: it runs in the app` });
    return undefined;
  }
  if (task === undefined) {
    problem({ setting: `${setting}.task`, expected: MISSING.task });
    return undefined;
  }
  return { ...commonOf(name, entry), task, export: entry.export ?? '' };
}

/** None where one of them cannot be read. */
function addressesOf(setting: string, entry: Entry, problem: Problems): ModelAddress[] {
  const { url, endpoint, projectId, publishedName, task } = entry;
  if (url === undefined) {
    const member = (name: string) => `${setting}.${name}`;
    const address = readAddress({ endpoint, projectId, publishedName, task }, member, problem);
    return address ? [address] : [];
  }
  if (endpoint ?? projectId ?? publishedName ?? task) {
    problem({
      setting,
      expected: 'either url, or endpoint, projectId, publishedName and task; both are given',
    });
    return [];
  }
  const addresses = url.flatMap((each) => readPredictionUrl(`${setting}.url`, each, problem) ?? []);
  if (addresses.length < url.length) return [];
  const unlike = copiesProblem(addresses);
  if (unlike) problem({ setting: `${setting}.url`, ...unlike });
  return unlike ? [] : addresses;
}

/** Copies share out the work, so each is at an account of its own and does the same. */
function copiesProblem(addresses: readonly ModelAddress[]): { expected: string; got: string } | undefined {
  const endpoints = addresses.map(({ endpoint }) => endpoint);
  const twice = endpoints.find((endpoint, index) => endpoints.indexOf(endpoint) < index);
  if (twice) return { expected: 'prediction URLs of different accounts', got: `${twice} twice` };
  const tasks = [...new Set(addresses.map(({ task }) => task))];
  return tasks.length > 1
    ? { expected: 'prediction URLs of one task, all classify or all detect', got: tasks.join(' and ') }
    : undefined;
}

/** The four parts of a model’s address, checked together; `setting` gives each part the name it has in the settings. */
export function readAddress(
  parts: Record<'endpoint' | 'projectId' | 'publishedName' | 'task', string | undefined>,
  setting: (part: string) => string,
  problem: Problems,
): ModelAddress | undefined {
  const { endpoint, projectId, publishedName, task } = parts;
  const address = endpoint === undefined ? undefined : visionEndpoint(setting('endpoint'), endpoint, problem);
  for (const part of ['endpoint', 'projectId', 'publishedName', 'task'] as const) {
    if (parts[part] === undefined) problem({ setting: setting(part), expected: MISSING[part] });
  }
  const uuid = projectId !== undefined && isUuid(projectId);
  if (projectId !== undefined && !uuid) {
    problem({ setting: setting('projectId'), expected: 'a project id (a UUID)', got: shown(projectId) });
  }
  const known = task === 'classify' || task === 'detect';
  if (task !== undefined && !known) {
    problem({ setting: setting('task'), expected: 'classify or detect', got: shown(task) });
  }
  if (!address || !uuid || !known || publishedName === undefined) return undefined;
  return { endpoint: address, projectId: projectId.toLowerCase(), publishedName, task: task as Task };
}

const MISSING = {
  endpoint: 'the prediction account’s address, https://<name>.cognitiveservices.azure.com; it is not set',
  projectId: 'the Custom Vision project’s id (a UUID); it is not set',
  publishedName: 'the name an iteration was published under; it is not set',
  task: 'classify or detect; it is not set',
} as const;
