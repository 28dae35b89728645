import type { ContainerClient } from '@azure/storage-blob';
import { statusOf, storageFault } from './faults.ts';
import { bareEtag } from './mark.ts';
import { readBytes } from './readBlob.ts';

/** An export in the models container: which upload it is, and how many bytes. */
export type ModelBlob = { etag: string; length: number };

/** Undefined where there is none of that name. Rejects with a storage fault. */
export async function lookAtExport(models: ContainerClient, name: string): Promise<ModelBlob | undefined> {
  try {
    const { etag = '', contentLength = 0 } = await models.getBlobClient(name).getProperties();
    return { etag: bareEtag(etag), length: contentLength };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw storageFault(error, `Looking for the export ${models.containerName}/${name}`);
  }
}

/** The bytes of exactly that upload, in memory of their own; `changed` where it is another by now, or gone. */
export async function readExport(
  models: ContainerClient,
  name: string,
  { etag, length }: ModelBlob,
): Promise<Uint8Array | 'changed'> {
  try {
    return await readBytes(models.getBlobClient(name), { etag: `"${etag}"`, length });
  } catch (error) {
    if ([404, 412].includes(statusOf(error) ?? 0)) return 'changed';
    throw storageFault(error, `Reading the export ${models.containerName}/${name}`);
  }
}
