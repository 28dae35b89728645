import type { ContainerClient } from '@azure/storage-blob';
import * as v from 'valibot';
import {
  type DocumentError,
  type DocumentResult,
  documentErrorSchema,
  resultSchema,
} from './documentShape.ts';
import { metadataValue } from './mark.ts';
import { readText } from './readBlob.ts';

/** Why a picture was given back, and of which of its contents, where that is known. */
export type Reason = DocumentError & { pictureEtag?: string };

/** The last fault of a picture that was given back, for the day it is given up. */
export type LastFault = Reason & { at: string };

/** What stands with the claim on a picture from one attempt to the next. */
export type Kept = {
  /** Of the content that the answers and attempts are of. */
  pictureEtag?: string;
  /** Each was paid for, so none is asked for again. */
  results: readonly DocumentResult[];
  /** How often the picture was given back. */
  attempts: number;
  fault?: LastFault;
};

export const NOTHING_KEPT: Kept = { results: [], attempts: 0 };

/** Metadata of every claim: what lies among them without it is somebody else’s. */
export const OWN_MARK = { keyless: 'claim' };

export const isClaim = (metadata: Record<string, string> | undefined): boolean =>
  metadataValue(metadata, 'keyless') === OWN_MARK.keyless;

const keptSchema = v.object({
  pictureEtag: v.exactOptional(v.string()),
  results: v.array(resultSchema),
  attempts: v.number(),
  fault: v.exactOptional(
    v.object({ ...documentErrorSchema.entries, pictureEtag: v.exactOptional(v.string()), at: v.string() }),
  ),
});

/** What stands with the claim on a picture; undefined when there is none, or it tells nothing. Rejects with a storage fault. */
export async function readKept(claims: ContainerClient, name: string): Promise<Kept | undefined> {
  const found = await readText(claims, name, `Reading the claim on ${name}`);
  if (!found || found === 'too large' || !isClaim(found.metadata)) return undefined;
  try {
    return v.parse(keptSchema, JSON.parse(found.text));
  } catch {
    return undefined; // cut off, or another version’s: the picture is tried as if for the first time
  }
}
