import { text } from 'node:stream/consumers';
import type { ContainerClient } from '@azure/storage-blob';
import type { Containers } from './containers.ts';
import { documentName, LONGEST_NAME } from './documentName.ts';
import { currentEtag } from './droppedPicture.ts';
import { statusOf, storageFault } from './faults.ts';
import { bareEtag } from './mark.ts';

/** `pending`: the picture is there and its document is not yet. */
export type Reading =
  | { kind: 'document'; name: string; etag: string; text: string }
  | { kind: 'pending' }
  | { kind: 'none' };

type Two = Pick<Containers, 'images' | 'predictions'>;

/**
 * The document of a dropped picture, by the name as it comes out of an address. There a slash may stand as %2F, which
 * clients write and the host does not decode (https://github.com/dotnet/aspnetcore/issues/11544), so both are tried.
 */
export async function readDocument({ images, predictions }: Two, given: string): Promise<Reading> {
  const names = [...new Set([given.replaceAll(/%2f/giu, '/'), given])].filter(isPictureName);
  for (const name of names) {
    const found = await download(predictions, name);
    if (found) return { kind: 'document', name, ...found };
  }
  for (const name of names) if (await currentEtag(images, name)) return { kind: 'pending' };
  return { kind: 'none' };
}

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

async function download(
  predictions: ContainerClient,
  name: string,
): Promise<{ etag: string; text: string } | undefined> {
  try {
    const { etag = '', readableStreamBody } = await predictions.getBlobClient(documentName(name)).download();
    if (!readableStreamBody) throw new Error('The download has no stream.');
    return { etag: `"${bareEtag(etag)}"`, text: await text(readableStreamBody) };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw storageFault(error, `Reading the document ${documentName(name)}`);
  }
}
