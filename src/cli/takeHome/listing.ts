import { KeylessError } from '../../errors/errors.ts';
import type { Picture } from '../training/answers.ts';
import { MOST_AT_ONCE, type Tagging, type TrainingClient } from '../training/client.ts';

/** A picture as the service knows it, without its addresses, which end and are nobody else’s business. */
export type Listed = Omit<Picture, 'originalImageUri' | 'resizedImageUri'>;

/** Somebody may tag while it lists. */
const TIMES = 3;

export type Counts = Record<Tagging, number>;

export async function countPictures(client: TrainingClient, projectId: string): Promise<Counts> {
  const [tagged, untagged] = await Promise.all([
    client.pictureCount(projectId, 'tagged'),
    client.pictureCount(projectId, 'untagged'),
  ]);
  return { tagged, untagged };
}

/**
 * Every picture of the project, each once, the oldest first, those with tags before those without; as many as the service
 * counts. Rejects with a KeylessError, also where the project changes all the while.
 */
export async function listPictures(client: TrainingClient, projectId: string): Promise<Listed[]> {
  let found: Listed[] = [];
  let counted = 0;
  for (let time = 0; time < TIMES; time += 1) {
    found = await listOnce(client, projectId);
    const { tagged, untagged } = await countPictures(client, projectId);
    counted = tagged + untagged;
    if (found.length === counted) return found;
  }
  throw new KeylessError(
    'VisionAnswerInvalid',
    `The service counts ${counted} pictures of the project and lists ${found.length}, each time anew.`,
    { fix: 'Wait until nobody changes the project, then the same command again.' },
  );
}

async function listOnce(client: TrainingClient, projectId: string): Promise<Listed[]> {
  const byId = new Map<string, Listed>();
  // Without tags first: one that is given a tag meanwhile is seen twice, not never.
  for (const tagging of ['untagged', 'tagged'] as const) {
    for (let skip = 0; ; skip += MOST_AT_ONCE) {
      const page = await client.pictures(projectId, tagging, skip);
      for (const { originalImageUri, resizedImageUri, ...picture } of page) byId.set(picture.id, picture);
      if (page.length < MOST_AT_ONCE) break;
    }
  }
  const all = [...byId.values()];
  return [...all.filter(isTagged), ...all.filter((each) => !isTagged(each))];
}

export const isTagged = ({ tags, regions }: Listed): boolean =>
  (tags?.length ?? 0) + (regions?.length ?? 0) > 0;
