import type { ContainerClient } from '@azure/storage-blob';
import * as v from 'valibot';
import { making } from './containers.ts';
import { codeOf, storageFault } from './faults.ts';
import { readText } from './readText.ts';

export type State<T> = { value: T; etag: string | undefined };

/** What several instances keep together in a blob; `fallback` where there is none, or what lies there is something else. */
export async function readState<T>(
  container: ContainerClient,
  name: string,
  schema: v.GenericSchema<unknown, T>,
  fallback: T,
): Promise<State<T>> {
  const found = await readText(container, name, `Reading ${name}`);
  if (!found) return { value: fallback, etag: undefined };
  if (found === 'too large') return { value: fallback, etag: '*' };
  try {
    return { value: v.parse(schema, JSON.parse(found.text)), etag: found.etag };
  } catch {
    return { value: fallback, etag: found.etag }; // another version’s, or somebody’s: begun anew
  }
}

const MEANWHILE: ReadonlySet<string> = new Set(['ConditionNotMet', 'BlobAlreadyExists']);

/** Writes in place of exactly what was read. Undefined: another wrote meanwhile. Resolves with the new ETag. */
export async function writeState(
  container: ContainerClient,
  name: string,
  value: unknown,
  etag: string | undefined,
): Promise<string | undefined> {
  const text = JSON.stringify(value);
  const conditions = etag ? { ifMatch: etag } : { ifNoneMatch: '*' };
  const upload = () =>
    container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text), {
      blobHTTPHeaders: { blobContentType: 'application/json; charset=utf-8' },
      conditions,
    });
  try {
    return (await making(container, upload)).etag;
  } catch (error) {
    if (MEANWHILE.has(codeOf(error) ?? '')) return undefined;
    throw storageFault(error, `Writing ${name}`);
  }
}
