import type { Model } from '../settings.ts';

/**
 * What a document is about, kept as metadata of its blob, so that a listing tells it without reading documents:
 * the picture’s ETag, the models asked, and how it ended.
 */
export type Mark = { pictureEtag: string; models: string; status: 'succeeded' | 'failed'; code?: string };

/** ETags come with or without quotes, depending on who tells them. */
export const bareEtag = (etag: string): string => etag.replaceAll('"', '');

/** Which models a document is of: project and published name of each, in order. ASCII, as metadata must be. */
export const modelsKey = (models: readonly Pick<Model, 'projectId' | 'publishedName'>[]): string =>
  models
    .map(({ projectId, publishedName }) => `${projectId}/${encodeURIComponent(publishedName)}`)
    .toSorted()
    .join(',');

export const toMetadata = ({ pictureEtag, models, status, code }: Mark): Record<string, string> => ({
  pictureetag: bareEtag(pictureEtag),
  models,
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
