import { KeylessError } from '../errors.ts';
import { currentEtag } from '../pictures/droppedPicture.ts';
import { claimPicture, readLastFault } from '../results/claim.ts';
import { describeError, type PredictionDocument } from '../results/document.ts';
import { isCurrent, modelsKey } from '../results/mark.ts';
import { findDocument, writeDocument } from '../results/store.ts';
import type { Model } from '../settings.ts';
import type { Containers } from '../storage.ts';
import { wantedModels } from './scorePicture.ts';

const LONGEST_WAIT_MS = 60_000;

/**
 * Writes the failed document of a picture that was given up, unless it has its current document by now. Resolves with
 * what was done, in words for the log.
 */
export async function fileFailure(
  containers: Containers,
  models: readonly Model[],
  name: string,
): Promise<string> {
  const { images, predictions, claims } = containers;
  const fault = await readLastFault(claims, name);
  const claim = await claimPicture(claims, name, LONGEST_WAIT_MS);
  try {
    const etag = await currentEtag(images, name);
    if (etag === undefined) return 'given up, and gone meanwhile.';
    const key = modelsKey(wantedModels(models, name).models);
    const found = await findDocument(predictions, name);
    if (isCurrent(found?.mark, etag, key)) return 'given up once, but it has its current document.';
    const { at: completedAt, ...error } = fault ?? {
      ...describeError(
        new KeylessError('GivenUp', 'Every attempt failed; the reason of the last one is not known.'),
      ),
      at: new Date().toISOString(),
    };
    const document: PredictionDocument = {
      status: 'failed',
      image: { name, container: images.containerName, etag },
      results: [],
      error,
      completedAt,
    };
    const mark = { pictureEtag: etag, models: key, status: 'failed', code: error.code } as const;
    const written = await writeDocument(predictions, name, document, mark, found?.documentEtag);
    return written
      ? `given up: ${error.code}: ${error.detail} Fix: ${error.fix}`
      : 'given up, but another wrote its document meanwhile.';
  } finally {
    await claim.release();
  }
}
