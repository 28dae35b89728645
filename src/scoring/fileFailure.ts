import type { Model } from '../settings/settings.ts';
import { claimPicture, type Reason } from '../storage/claim.ts';
import type { Containers } from '../storage/containers.ts';
import type { PredictionDocument } from '../storage/document.ts';
import { currentEtag } from '../storage/droppedPicture.ts';
import { bareEtag, isCurrent, modelsKey } from '../storage/mark.ts';
import { findDocument, writeDocument } from '../storage/store.ts';
import { wantedModels } from './scorePicture.ts';

const LONGEST_WAIT_MS = 60_000;

export type Filing = 'filed' | 'gone' | 'already done' | 'changed';

/**
 * Writes the failed document of a picture that was given up, unless it is gone, has its current document by now, or was
 * changed since the reason: what lies there now has not been tried.
 */
export async function fileFailure(
  containers: Containers,
  models: readonly Model[],
  name: string,
  reason: Reason,
  signal?: AbortSignal,
): Promise<Filing> {
  const claim = await claimPicture(containers.claims, name, LONGEST_WAIT_MS, signal);
  let filing: Filing | undefined;
  try {
    filing = await file(containers, models, name, reason);
    return filing;
  } finally {
    await claim.release(filing ? undefined : reason);
  }
}

async function file(
  { images, predictions }: Containers,
  models: readonly Model[],
  name: string,
  { code, title, detail, fix, attempts, pictureEtag }: Reason,
): Promise<Filing> {
  const etag = await currentEtag(images, name);
  if (etag === undefined) return 'gone';
  if (pictureEtag && bareEtag(pictureEtag) !== bareEtag(etag)) return 'changed';
  const key = modelsKey(wantedModels(models, name).models);
  const found = await findDocument(predictions, name);
  if (isCurrent(found?.mark, etag, key)) return 'already done';
  const document: PredictionDocument = {
    status: 'failed',
    image: { name, container: images.containerName, etag },
    results: [],
    error: { code, title, detail, fix, ...(attempts !== undefined && { attempts }) },
    completedAt: new Date().toISOString(),
  };
  const mark = { pictureEtag: etag, models: key, status: 'failed', code } as const;
  const written = await writeDocument(predictions, name, document, mark, found?.documentEtag);
  return written ? 'filed' : 'already done';
}
