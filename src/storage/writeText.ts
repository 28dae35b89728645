import type { ContainerClient } from '@azure/storage-blob';
import { making } from './containers.ts';
import { codeOf, storageFault } from './faults.ts';

/** Other conflicts do not pass by looking again: a container being deleted, somebody’s lease or policy. */
const WRITTEN_MEANWHILE: ReadonlySet<string> = new Set(['ConditionNotMet', 'BlobAlreadyExists']);

/**
 * Writes JSON in place of exactly what has this ETag, or where there is nothing; makes the container where it is not there
 * yet. Resolves with the new ETag; undefined: another wrote meanwhile, and nothing was changed. So it is after a write that
 * succeeded while its answer was lost, and was sent again. Rejects with a storage fault; `what` names operation and blob.
 */
export async function writeText(
  container: ContainerClient,
  name: string,
  text: string,
  replacedEtag: string | undefined,
  what: string,
  metadata: Record<string, string> = {},
): Promise<string | undefined> {
  const upload = () =>
    container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text), {
      blobHTTPHeaders: { blobContentType: 'application/json; charset=utf-8' },
      metadata,
      conditions: replacedEtag ? { ifMatch: replacedEtag } : { ifNoneMatch: '*' },
    });
  try {
    const { etag = '' } = await making(container, upload);
    return etag;
  } catch (error) {
    if (WRITTEN_MEANWHILE.has(codeOf(error) ?? '')) return undefined;
    throw storageFault(error, what);
  }
}
