import type { ContainerClient } from '@azure/storage-blob';
import * as v from 'valibot';
import { readText } from './readBlob.ts';
import { writeText } from './writeText.ts';

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

/** Writes in place of exactly what was read. Undefined: another wrote meanwhile. Resolves with the new ETag. */
export const writeState = (
  container: ContainerClient,
  name: string,
  value: unknown,
  etag: string | undefined,
): Promise<string | undefined> => writeText(container, name, JSON.stringify(value), etag, `Writing ${name}`);
