import { claimPicture } from '../storage/claim.ts';
import { failed } from '../storage/document.ts';
import { lookAtPicture, type Missing } from '../storage/droppedPicture.ts';
import type { Reason } from '../storage/kept.ts';
import { isCurrent, modelsKey, sameEtag } from '../storage/mark.ts';
import { findDocument } from '../storage/store.ts';
import { knownResults } from './knownResults.ts';
import { putDocument } from './putDocument.ts';
import { wantedModels } from './route.ts';
import type { ScoringParts } from './scorePicture.ts';

const LONGEST_WAIT_MS = 60_000;

export type Filing = 'filed' | 'already done' | 'changed' | Missing;

/**
 * Writes the failed document of a picture that was given up, with what models did answer, unless it is gone, has its
 * current document by now, or was changed since the reason: what lies there now has not been tried.
 */
export async function fileFailure(
  parts: Pick<ScoringParts, 'containers' | 'models' | 'telling'>,
  name: string,
  reason: Reason,
  signal?: AbortSignal,
): Promise<Filing> {
  const { containers, models } = parts;
  const claim = await claimPicture(containers.claims, name, LONGEST_WAIT_MS, signal);
  let filing: Filing | undefined;
  try {
    const { images, predictions } = containers;
    const picture = await lookAtPicture(images, name);
    if (typeof picture === 'string') filing = picture;
    else if (reason.pictureEtag && !sameEtag(reason.pictureEtag, picture.etag)) filing = 'changed';
    else {
      const wanted = wantedModels(models, name).models;
      const key = modelsKey(wanted);
      const before = await findDocument(predictions, name);
      if (isCurrent(before?.mark, picture.etag, key)) filing = 'already done';
      else {
        const known = await knownResults(containers, wanted, picture, claim, before);
        const image = { name, container: images.containerName, etag: picture.etag };
        const results = wanted.flatMap((model) => known.get(model) ?? []);
        const document = failed(image, reason, results);
        const { kind } = await putDocument(parts, document, wanted, before);
        filing = kind === 'written' ? 'filed' : kind === 'superseded' ? 'changed' : kind;
      }
    }
    return filing;
  } finally {
    await claim.release(filing ? undefined : reason);
  }
}
