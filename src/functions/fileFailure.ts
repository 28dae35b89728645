import { currentEtag } from '../pictures/droppedPicture.ts';
import { claimPicture } from '../results/claim.ts';
import type { DocumentError, PredictionDocument } from '../results/document.ts';
import { isCurrent, modelsKey } from '../results/mark.ts';
import { findDocument, writeDocument } from '../results/store.ts';
import type { Model } from '../settings.ts';
import type { Containers } from '../storage.ts';
import { wantedModels } from './scorePicture.ts';

const LONGEST_WAIT_MS = 60_000;

/** Writes the failed document of a picture that was given up, unless it is gone or has its current document by now. */
export async function fileFailure(
  { images, predictions, claims }: Containers,
  models: readonly Model[],
  name: string,
  error: DocumentError,
): Promise<'filed' | 'gone' | 'already done'> {
  const claim = await claimPicture(claims, name, LONGEST_WAIT_MS);
  try {
    const etag = await currentEtag(images, name);
    if (etag === undefined) return 'gone';
    const key = modelsKey(wantedModels(models, name).models);
    const found = await findDocument(predictions, name);
    if (isCurrent(found?.mark, etag, key)) return 'already done';
    const document: PredictionDocument = {
      status: 'failed',
      image: { name, container: images.containerName, etag },
      results: [],
      error,
      completedAt: new Date().toISOString(),
    };
    const mark = { pictureEtag: etag, models: key, status: 'failed', code: error.code } as const;
    const written = await writeDocument(predictions, name, document, mark, found?.documentEtag);
    return written ? 'filed' : 'already done';
  } finally {
    await claim.release();
  }
}
