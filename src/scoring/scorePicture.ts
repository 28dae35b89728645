import { asKeylessError, KeylessError } from '../errors/errors.ts';
import type { Model } from '../settings/settings.ts';
import { claimPicture } from '../storage/claim.ts';
import type { Containers } from '../storage/containers.ts';
import {
  type DocumentImage,
  describeError,
  failed,
  type PredictionDocument,
  succeeded,
} from '../storage/document.ts';
import { currentEtag, type DroppedPicture, readDroppedPicture } from '../storage/droppedPicture.ts';
import { bareEtag, isCurrent, iterationsOf, type Mark, modelsKey } from '../storage/mark.ts';
import { type Found, findDocument, writeDocument } from '../storage/store.ts';
import type { PredictionClient } from '../vision/client.ts';
import type { Budget } from '../vision/retry.ts';
import { patiently } from './retryPassing.ts';
import { modelsForPicture } from './route.ts';
import { scoreImage } from './scoreImage.ts';

/** How it ended: a new document was written, there was a current one already, or there is no picture any more. */
export type Outcome =
  | { kind: 'written'; document: PredictionDocument }
  | { kind: 'already done' | 'superseded' | 'gone' };

export type ScoringParts = {
  containers: Containers;
  client: PredictionClient;
  models: readonly Model[];
  budget: Budget;
  signal?: AbortSignal;
};

export type ScoringOptions = {
  /** The bytes the host handed over, where it did. */
  handed?: Buffer;
  /** Score again what ended in a failed document. */
  failedAgain?: boolean;
  /** Score again what has its document: another iteration answers now. One written meanwhile stays. */
  anew?: boolean;
};

/** Longer than a lease outlives its holder, and than any budget. */
const LONGEST_WAIT_MS = 200_000;
/** Whoever holds the claim is alone, but for one who lost it unawares. */
const MOST_WRITES = 10;

/**
 * Scores one picture of the container and leaves its current document, whatever runs beside it: nothing is paid for a
 * content and models that have their document, two instances take turns by a claim, and a document is only replaced by
 * one of the picture’s present content. What trying again can mend is thrown; what it cannot becomes a failed document.
 */
export async function scorePicture(
  parts: ScoringParts,
  name: string,
  options: ScoringOptions = {},
): Promise<Outcome> {
  const { images, predictions, claims } = parts.containers;
  const { models, unknown } = wantedModels(parts.models, name);
  const key = modelsKey(models);
  let outdated: string | undefined;
  const done = (found: Found | undefined, etag: string): boolean =>
    isCurrent(found?.mark, etag, key) &&
    found?.documentEtag !== outdated &&
    !(options.failedAgain && found?.mark?.status === 'failed');

  const first = await readDroppedPicture(images, name, options.handed);
  if (!first) return { kind: 'gone' };
  const present = await findDocument(predictions, name);
  if (options.anew) outdated = present?.documentEtag;
  if (done(present, first.etag)) return { kind: 'already done' };

  const claim = await claimPicture(claims, name, LONGEST_WAIT_MS, parts.signal);
  let fault: KeylessError | undefined;
  let dropped: DroppedPicture | undefined = first;
  try {
    const before = await findDocument(predictions, name);
    // A document of another content may be the newer one, written since the picture was read.
    if (claim.waited || (before?.mark && !sameEtag(before.mark.pictureEtag, first.etag))) {
      dropped = await readDroppedPicture(images, name, options.handed);
    }
    if (!dropped) return { kind: 'gone' };
    if (done(before, dropped.etag)) return { kind: 'already done' };
    const image: DocumentImage = { name, container: images.containerName, etag: dropped.etag };
    const signal = parts.signal ? AbortSignal.any([parts.signal, claim.lost]) : claim.lost;
    const document = unknown
      ? failed(image, unknown)
      : await makeDocument({ ...parts, models, signal }, image, dropped);
    // The answer is paid for: storage in trouble is waited for with it in hand.
    return await patiently(() => settle(parts.containers, document, key, before), signal);
  } catch (thrown) {
    fault = asKeylessError(thrown);
    throw fault;
  } finally {
    await claim.release(
      fault && { ...describeError(fault), ...(dropped && { pictureEtag: bareEtag(dropped.etag) }) },
    );
  }
}

/** The models a picture goes to; where there are none, why. */
export function wantedModels(
  models: readonly Model[],
  name: string,
): { models: Model[]; unknown?: KeylessError } {
  try {
    return { models: modelsForPicture(models, name) };
  } catch (thrown) {
    return { models: [], unknown: asKeylessError(thrown) };
  }
}

async function makeDocument(
  parts: ScoringParts,
  image: DocumentImage,
  { bytes }: DroppedPicture,
): Promise<PredictionDocument> {
  const { client, models, budget, signal } = parts;
  try {
    const options = { budget, priority: 'picture', ...(signal && { signal }) } as const;
    const { image: looked, results, error } = await scoreImage(client, models, { bytes }, options);
    const described = { ...image, ...looked };
    return error ? failed(described, error, results) : succeeded(described, results);
  } catch (thrown) {
    const error = asKeylessError(thrown);
    if (error.transient) throw error;
    return failed({ ...image, bytes: bytes.length }, error);
  }
}

/** Writes over exactly the document that was there before; where another came in between, the picture’s present content decides. */
async function settle(
  { images, predictions }: Pick<Containers, 'images' | 'predictions'>,
  document: PredictionDocument,
  models: string,
  before: Found | undefined,
): Promise<Outcome> {
  const { name = '', etag = '' } = document.image;
  const mark: Mark = {
    pictureEtag: etag,
    models,
    status: document.status,
    ...(document.error && { code: document.error.code }),
    ...iterationsOf(document.results),
  };
  let replaced = before;
  for (let writes = 0; writes < MOST_WRITES; writes += 1) {
    if (await writeDocument(predictions, name, document, mark, replaced?.documentEtag))
      return { kind: 'written', document };
    replaced = await findDocument(predictions, name);
    if (isCurrent(replaced?.mark, etag, models)) return { kind: 'already done' };
    if (!sameEtag(await currentEtag(images, name), etag)) return { kind: 'superseded' };
  }
  throw new KeylessError(
    'PictureBusy',
    `Others wrote the document of ${name} ${MOST_WRITES} times meanwhile.`,
  );
}

const sameEtag = (a: string | undefined, b: string): boolean =>
  a !== undefined && bareEtag(a) === bareEtag(b);
