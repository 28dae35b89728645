import { stableUuid } from '../../src/exports/stableUuid.ts';
import { Refusal } from '../prediction/refusal.ts';
import type { TrainingPicture, TrainingProject } from './contract.ts';

/** When the pictures of this machine were made; nothing here depends on it. */
const CREATED = '2026-03-01T08:00:00.000Z';
const MOST_AT_ONCE = 256;

/** Where a picture lies in the service’s storage: its original, and two smaller copies, which are the same here. */
export const picturePath = (projectId: string, id: string, kind: 'o' | 'i' | 't' = 'o'): string =>
  `/i-${projectId.replaceAll('-', '')}/${kind}-${id.replaceAll('-', '')}`;

/** GetTaggedImages, GetUntaggedImages: some of them, the newest first unless asked otherwise. */
export function page(
  project: TrainingProject,
  wanted: 'tagged' | 'untagged',
  query: URLSearchParams,
  addressOf: (path: string) => string,
): unknown[] {
  const take = whole(query.get('take') ?? '50');
  const skip = whole(query.get('skip') ?? '0');
  if (take > MOST_AT_ONCE) throw new Refusal('BadRequestExceededBatchSize');
  const all = picturesOf(project, wanted);
  const ordered = query.get('orderBy') === 'Oldest' ? all : all.toReversed();
  return ordered.slice(skip, skip + take).map((each) => pictureAnswer(project, each, addressOf));
}

/** GetImagesByIds; unknown ones are left out. */
export function byIds(
  project: TrainingProject,
  query: URLSearchParams,
  addressOf: (path: string) => string,
): unknown[] {
  const ids = (query.get('imageIds') ?? '').toLowerCase().split(',').filter(Boolean);
  if (ids.length > MOST_AT_ONCE) throw new Refusal('BadRequestExceededBatchSize');
  return (project.pictures ?? [])
    .filter(({ id }) => ids.includes(id))
    .map((each) => pictureAnswer(project, each, addressOf));
}

export const picturesOf = ({ pictures = [] }: TrainingProject, wanted: 'tagged' | 'untagged') =>
  pictures.filter(({ tagIds }) => tagIds.length > 0 === (wanted === 'tagged'));

/** TagApi’s GetTags. */
export const tagAnswers = ({ tags = [], pictures = [] }: TrainingProject) =>
  tags.map((tag) => ({
    ...tag,
    description: null,
    imageCount: pictures.filter(({ tagIds }) => tagIds.includes(tag.id)).length,
  }));

function pictureAnswer(
  { id: projectId, tags = [] }: TrainingProject,
  { id, width, height, tagIds, regions }: TrainingPicture,
  addressOf: (path: string) => string,
) {
  const tagName = (tagId: string) => tags.find((tag) => tag.id === tagId)?.name ?? '';
  const uris = {
    resizedImageUri: addressOf(picturePath(projectId, id, 'i')),
    thumbnailUri: addressOf(picturePath(projectId, id, 't')),
    originalImageUri: addressOf(picturePath(projectId, id)),
  };
  const own = { id, created: CREATED, width, height, ...uris };
  if (tagIds.length === 0) return own;
  return {
    ...own,
    tags: tagIds.map((tagId) => ({ tagId, tagName: tagName(tagId), created: CREATED })),
    regions: regions.map((region, index) => ({
      regionId: stableUuid(`${id} ${index}`),
      tagName: tagName(region.tagId),
      created: CREATED,
      ...region,
    })),
  };
}

function whole(text: string): number {
  if (/^\d{1,9}$/u.test(text)) return Number(text);
  throw new Refusal('BadRequestInvalidIds');
}
