import type { Containers } from './containers.ts';
import { LONGEST_NAME } from './documentName.ts';
import { type DroppedPicture, lookAtPicture } from './droppedPicture.ts';
import { bareEtag, fromMetadata, type Mark, sameEtag } from './mark.ts';
import { readDocumentText } from './store.ts';

export type ReadDocument = {
  kind: 'document';
  name: string;
  etag: string;
  text: string;
  mark: Mark | undefined;
  /** As it is now; undefined where it was deleted. */
  picture: DroppedPicture | undefined;
};

/**
 * `pending`: the picture is there, and no document of its present content is yet. `foreign`: what lies in the document’s
 * place is too large to be one.
 */
export type Reading =
  | ReadDocument
  | { kind: 'foreign'; name: string }
  | { kind: 'pending' }
  | { kind: 'none' };

type Two = Pick<Containers, 'images' | 'predictions'>;

/**
 * A picture that was deleted still has its document; one that was overwritten waits for the new one. In a name storage
 * takes a backslash for a slash.
 */
export async function readDocument({ images, predictions }: Two, given: string): Promise<Reading> {
  const name = given.replaceAll('\\', '/');
  if (!isPictureName(name)) return { kind: 'none' };
  const [found, looked] = await Promise.all([
    readDocumentText(predictions, name),
    lookAtPicture(images, name),
  ]);
  const picture = typeof looked === 'string' ? undefined : looked;
  if (found === 'too large') return { kind: 'foreign', name };
  const mark = fromMetadata(found?.metadata);
  if (found && !isStale(mark, picture)) {
    return { kind: 'document', name, etag: `"${bareEtag(found.etag)}"`, text: found.text, mark, picture };
  }
  return { kind: picture ? 'pending' : 'none' };
}

const isStale = (mark: Mark | undefined, picture: DroppedPicture | undefined): boolean =>
  mark !== undefined && picture !== undefined && !sameEtag(mark.pictureEtag, picture.etag);

/**
 * What storage refuses, and `..`, which a URL would not keep:
 * https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
 */
function isPictureName(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= LONGEST_NAME &&
    name.isWellFormed() &&
    !/\p{Cc}/u.test(name) &&
    !name.split('/').some((segment) => segment === '.' || segment === '..')
  );
}
