import { createHash } from 'node:crypto';
import { takesTiles } from '../settings/models.ts';
import type { ExportModel, ServiceModel } from '../settings/settings.ts';
import type { DocumentResult } from './documentShape.ts';
import { OUTBOX_KEY, type Outbox, readOutbox, writeOutbox } from './outbox.ts';

/** What a model is known by: project and published name, or the name of an export and which upload of it. */
export type ModelName = (
  | Pick<ServiceModel, 'projectId' | 'publishedName'>
  | Pick<ExportModel, 'export' | 'version'>
) &
  Partial<Pick<ServiceModel, 'task' | 'tiles'>>;

/**
 * What a document is about, kept as metadata of its blob, so that a listing tells it without reading documents:
 * the picture’s ETag, the models asked, how it ended, which iterations answered, and who is to be told of it.
 */
export type Mark = {
  pictureEtag: string;
  models: string;
  status: 'succeeded' | 'failed';
  code?: string;
  /** Of each result, in the order of the models’ keys; without it they are unknown. */
  iterations?: readonly string[];
  outbox?: Outbox;
};

/** ETags come with or without quotes, depending on who tells them. */
export const bareEtag = (etag: string): string => etag.replaceAll('"', '');

export const sameEtag = (a: string | undefined, b: string): boolean =>
  a !== undefined && bareEtag(a) === bareEtag(b);

/** A value of a blob’s metadata: the host and some clients change the letter case of its name. */
export const metadataValue = (
  metadata: Record<string, string> | undefined,
  key: string,
): string | undefined => Object.entries(metadata ?? {}).find(([name]) => name.toLowerCase() === key)?.[1];

/** All metadata of a blob may be 8 KB: https://learn.microsoft.com/rest/api/storageservices/set-blob-metadata */
const LONGEST_VALUE = 2_000;

const keyOf = (model: ModelName): string =>
  `${
    'export' in model
      ? `export/${encodeURIComponent(model.export)}`
      : `${model.projectId}/${encodeURIComponent(model.publishedName)}`
  }${takesTiles(model) ? '/tiles' : ''}`;

/** Of an export each upload counts as another model, so that a new one makes documents outdated. */
const versionedKeyOf = (model: ModelName): string =>
  'export' in model && model.version ? `${keyOf(model)}@${encodeURIComponent(model.version)}` : keyOf(model);

/** A result is of the model that was to answer, also where an export did so for it. */
const nameOf = ({
  fallbackFor,
  export: by,
  projectId = '',
  publishedName = '',
  ...how
}: ResultName): ModelName => ({
  ...how,
  ...(fallbackFor ?? (by ? { export: by.name } : { projectId, publishedName })),
});

type ResultName = Pick<DocumentResult, 'projectId' | 'publishedName' | 'export' | 'fallbackFor'> &
  Partial<Pick<DocumentResult, 'task' | 'tiles'>>;

/** Whether a result is one of this model, whichever upload of an export it was. */
export const isResultOf = (result: ResultName, model: ModelName): boolean =>
  keyOf(nameOf(result)) === keyOf(model);

/**
 * Which models a document is of: project and published name of each, or export and its upload, and whether with tiles, in
 * order; of many long names, their hash. A project’s id is of one account, whose address may change. ASCII, as metadata must be.
 */
export function modelsKey(models: readonly ModelName[]): string {
  const key = models.map(versionedKeyOf).toSorted().join(',');
  return key.length > LONGEST_VALUE ? createHash('sha256').update(key).digest('hex') : key;
}

/** The part of a mark that its results make: which iterations answered. */
export function iterationsOf(
  results: readonly (ResultName & { iteration: string })[],
): Pick<Mark, 'iterations'> {
  const byKey = results.map((result) => ({ key: keyOf(nameOf(result)), iteration: result.iteration }));
  const iterations = byKey
    .toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ iteration }) => iteration);
  return iterations.length > 0 ? { iterations } : {};
}

/**
 * Which iteration of a model a document of these models holds. Undefined where its mark does not tell: it is of other
 * models, some of them did not answer, or it is older than the telling.
 */
export function iterationOf(
  { models: key, iterations }: Mark,
  models: readonly ModelName[],
  model: ModelName,
): string | undefined {
  if (iterations?.length !== models.length || key !== modelsKey(models)) return undefined;
  return iterations[models.map(keyOf).toSorted().indexOf(keyOf(model))];
}

export function toMetadata({
  pictureEtag,
  models,
  status,
  code,
  iterations = [],
  outbox = [],
}: Mark): Record<string, string> {
  const told = iterations.map((iteration) => encodeURIComponent(iteration.toWellFormed())).join(',');
  return {
    pictureetag: bareEtag(pictureEtag),
    ...(models && { models }), // of a picture that no model wants: metadata has no empty values
    status,
    ...(code && { code }),
    ...(told && told.length <= LONGEST_VALUE && { iterations: told }),
    ...(outbox.length > 0 && { [OUTBOX_KEY]: writeOutbox(outbox) }),
  };
}

/** Undefined for a document without a mark: somebody else’s. The host and some clients change the case of names. */
export function fromMetadata(metadata: Record<string, string> | undefined): Mark | undefined {
  const lower = Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const { pictureetag, models = '', status, code } = lower;
  const iterations = readIterations(lower.iterations);
  const outbox = readOutbox(lower[OUTBOX_KEY]);
  if (!pictureetag || (status !== 'succeeded' && status !== 'failed')) return undefined;
  return {
    pictureEtag: pictureetag,
    models,
    status,
    ...(code && { code }),
    ...(iterations && { iterations }),
    ...(outbox.length > 0 && { outbox }),
  };
}

function readIterations(told: string | undefined): string[] | undefined {
  try {
    return told?.split(',').map(decodeURIComponent);
  } catch {
    return undefined; // somebody else wrote it
  }
}

/** Whether a document is the current one of this content and these models. */
export const isCurrent = (mark: Mark | undefined, etag: string, models: string): boolean =>
  mark !== undefined && mark.pictureEtag === bareEtag(etag) && mark.models === models;
