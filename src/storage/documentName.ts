import { createHash } from 'node:crypto';
import { metadataValue } from './mark.ts';

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
export const LONGEST_NAME = 1_024;
const SUFFIX = '.json';
/** Of SHA-256, as base64url. */
const HASH_LENGTH = 43;
const HASHED = /~[\w-]{43}$/u;
const LONGEST_STEM = LONGEST_NAME - SUFFIX.length;
/** One character of two code units may be cut off besides. */
const SHORTEST_CUT = LONGEST_STEM - HASH_LENGTH - 2;
/** Where the name of the picture stands whole, in base64url, for metadata is ASCII. */
const KEY = 'picturename';

/**
 * `orchard/tree-7.jpg` → `orchard/tree-7.jpg.json`. A name that is too long for that is cut, and a hash of the whole name
 * keeps it apart from all others: `<beginning>~<hash>.json`. So are names that look like one that was cut.
 */
export const documentName = (pictureName: string): string =>
  (isCut(pictureName) ? cut(pictureName) : pictureName) + SUFFIX;

/** Whether the document’s name does not tell the picture’s. */
export const isCut = (pictureName: string): boolean =>
  pictureName.length > LONGEST_STEM || HASHED.test(pictureName);

/** With the document, so that a listing gives the picture’s name back. */
export const nameMetadata = (pictureName: string): Record<string, string> =>
  isCut(pictureName) ? { [KEY]: Buffer.from(pictureName).toString('base64url') } : {};

/** The picture that a blob is the document of, by the names alone; undefined where it is none’s. */
export function pictureNameOf(
  blobName: string,
  metadata: Record<string, string> | undefined,
): string | undefined {
  const kept = metadataValue(metadata, KEY);
  const name = kept ? Buffer.from(kept, 'base64url').toString() : blobName.slice(0, -SUFFIX.length);
  return documentName(name) === blobName ? name : undefined;
}

function cut(pictureName: string): string {
  const hash = createHash('sha256').update(pictureName).digest('base64url');
  return `${documentPrefix(pictureName)}~${hash}`;
}

/** As much of a name, or of its beginning, as all names of documents have that begin so. Never half of a character. */
export function documentPrefix(name: string): string {
  const inCharacter = /^[\udc00-\udfff]/.test(name.slice(SHORTEST_CUT));
  return name.slice(0, inCharacter ? SHORTEST_CUT + 1 : SHORTEST_CUT);
}
