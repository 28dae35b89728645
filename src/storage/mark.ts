import { createHash } from 'node:crypto';
import type { Model } from '../settings/settings.ts';

/**
 * What a document is about, kept as metadata of its blob, so that a listing tells it without reading documents:
 * the picture’s ETag, the models asked, and how it ended.
 */
export type Mark = { pictureEtag: string; models: string; status: 'succeeded' | 'failed'; code?: string };

/** ETags come with or without quotes, depending on who tells them. */
export const bareEtag = (etag: string): string => etag.replaceAll('"', '');

/** All metadata of a blob may be 8 KB: https://learn.microsoft.com/rest/api/storageservices/set-blob-metadata */
const LONGEST_KEY = 2_000;

/**
 * Which models a document is of: project and published name of each, in order; of many long names, their hash.
 * ASCII, as metadata must be.
 */
export function modelsKey(models: readonly Pick<Model, 'projectId' | 'publishedName'>[]): string {
  const key = models
    .map(({ projectId, publishedName }) => `${projectId}/${encodeURIComponent(publishedName)}`)
    .toSorted()
    .join(',');
  return key.length > LONGEST_KEY ? createHash('sha256').update(key).digest('hex') : key;
}

export const toMetadata = ({ pictureEtag, models, status, code }: Mark): Record<string, string> => ({
  pictureetag: bareEtag(pictureEtag),
  ...(models && { models }), // of a picture that no model wants: metadata has no empty values
  status,
  ...(code && { code }),
});

/** Undefined for a document without a mark: somebody else’s. The host and some clients change the case of names. */
export function fromMetadata(metadata: Record<string, string> | undefined): Mark | undefined {
  const lower = Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const { pictureetag, models = '', status, code } = lower;
  if (!pictureetag || (status !== 'succeeded' && status !== 'failed')) return undefined;
  return { pictureEtag: pictureetag, models, status, ...(code && { code }) };
}

/** Whether a document is the current one of this content and these models. */
export const isCurrent = (mark: Mark | undefined, etag: string, models: string): boolean =>
  mark !== undefined && mark.pictureEtag === bareEtag(etag) && mark.models === models;
