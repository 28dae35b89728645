import { asKeylessError, type ErrorCode, KeylessError } from '../errors/errors.ts';
import type { Telling } from '../notify/telling.ts';
import type { AskModel, Budget } from '../prediction.ts';
import type { Model } from '../settings/settings.ts';
import { type Claim, claimPicture } from '../storage/claim.ts';
import type { Containers } from '../storage/containers.ts';
import { describeError, failed, type PredictionDocument, succeeded } from '../storage/document.ts';
import { type DroppedPicture, lookAtPicture, type Missing } from '../storage/droppedPicture.ts';
import { bareEtag, isCurrent, modelsKey, sameEtag } from '../storage/mark.ts';
import { type Found, findDocument } from '../storage/store.ts';
import type { Memory } from './admission.ts';
import { knownResults } from './knownResults.ts';
import { putDocument } from './putDocument.ts';
import { readFitted } from './readFitted.ts';
import { retryPassing } from './retryPassing.ts';
import { wantedModels } from './route.ts';
import { scoreWithAll } from './scoreWith.ts';

/**
 * How it ended: a new document was written, there was a current one already, there is no picture, or nothing can be
 * written: somebody else’s blob is where the document or the claim belongs, or storage refuses the picture itself.
 */
export type Outcome =
  | { kind: 'written'; document: PredictionDocument }
  | { kind: 'already done' | 'superseded' | Missing }
  | { kind: 'blocked'; error: KeylessError };

export type ScoringParts = {
  containers: Containers;
  ask: AskModel;
  models: readonly Model[];
  budget: Budget;
  memory: Memory;
  /** Without it nobody is told of documents. */
  telling?: Telling;
  signal?: AbortSignal;
};

export type ScoringOptions = {
  /** The bytes the host handed over, where it did. */
  handed?: Buffer;
  /** Score again what ended in a failed document. */
  failedAgain?: boolean;
  /** Ask the model of this name again, though its answer stands in the document: another iteration answers now. */
  anew?: string;
};

/** The platform tries a thrown picture again at once and five times in all, so patience is ours to have. */
export const PICTURE_BUDGET: Budget = { total: 150_000, attempt: 15_000, firstWait: 500 };

/** Longer than a lease outlives its holder, and than any budget. */
const LONGEST_WAIT_MS = 200_000;
/** Overwritten between two reads this often, it is left to the next attempt. */
const MOST_READS = 5;

/**
 * Scores one picture of the container and leaves its current document, whatever runs beside it: nothing is paid for a
 * content and models that have their document, two instances take turns by a claim, what a model has answered is kept
 * with it for the next attempt, and a document is only replaced by one of the picture’s present content. What trying
 * again can mend is thrown; what it cannot becomes a failed document.
 */
export async function scorePicture(
  parts: ScoringParts,
  name: string,
  options: ScoringOptions = {},
): Promise<Outcome> {
  const { images, predictions, claims } = parts.containers;
  const key = modelsKey(wantedModels(parts.models, name).models);
  let outdated: string | undefined;
  const done = (found: Found | undefined, etag: string): boolean =>
    isCurrent(found?.mark, etag, key) &&
    found?.content !== outdated && // one written meanwhile stays
    !(options.failedAgain && found?.mark?.status === 'failed');

  let claim: Claim | undefined;
  let fault: KeylessError | undefined;
  let seen: DroppedPicture | Missing | undefined;
  try {
    const finding = findDocument(predictions, name); // beside the look at the picture: one round trip less
    finding.catch(() => {}); // of a picture that is gone nobody asks
    seen = await lookAtPicture(images, name);
    if (typeof seen === 'string') return { kind: seen };
    const present = await finding;
    // not by its ETag, which changes when somebody was told of it
    if (options.anew) outdated = present?.content;
    if (done(present, seen.etag)) return { kind: 'already done' };
    claim = await claimPicture(claims, name, LONGEST_WAIT_MS, parts.signal);
    const before = await findDocument(predictions, name);
    // A document of another content may be the newer one, written since the picture was looked at.
    let stale = claim.waited || (before && !sameEtag(before.mark.pictureEtag, seen.etag));
    for (let reads = 0; reads < MOST_READS; reads += 1) {
      if (stale) seen = await lookAtPicture(images, name);
      if (typeof seen === 'string') return { kind: seen };
      if (done(before, seen.etag)) return { kind: 'already done' };
      const outcome = await score(parts, seen, claim, before, options);
      if (outcome.kind !== 'changed') return outcome;
      stale = true;
    }
    throw new KeylessError('PictureBusy', `${name} was written ${MOST_READS} times while it was read.`);
  } catch (thrown) {
    fault = asKeylessError(thrown);
    if (isForGood(fault)) return { kind: 'blocked', error: fault };
    throw fault;
  } finally {
    const pictureEtag = typeof seen === 'object' ? { pictureEtag: bareEtag(seen.etag) } : {};
    await claim?.release(fault && { ...describeError(fault), ...pictureEtag });
  }
}

/** Of the account: an operator mends them, perhaps between two of the platform’s attempts. */
const MENDED_MEANWHILE: ReadonlySet<ErrorCode> = new Set([
  'StorageRefused',
  'StorageFirewalled',
  'StorageTokenRefused',
  'StorageDisabled',
  'ContainerMissing',
]);
/** The app’s own blob cannot be written, so there is no document that could tell of it. */
const NO_DOCUMENT: ReadonlySet<ErrorCode> = new Set(['BlobNotOurs', 'BlobBlocked']);

/** Trying again mends nothing. */
const isForGood = ({ transient, code }: KeylessError): boolean => !transient && !MENDED_MEANWHILE.has(code);

/** With the claim in hand: makes the document and puts it where `before` is. */
async function score(
  parts: ScoringParts,
  picture: DroppedPicture,
  claim: Claim,
  before: Found | undefined,
  { handed, anew }: ScoringOptions,
): Promise<Outcome | { kind: 'changed' }> {
  const { models, unknown } = wantedModels(parts.models, picture.name);
  const signal = parts.signal ? AbortSignal.any([parts.signal, claim.lost]) : claim.lost;
  const image = { name: picture.name, container: parts.containers.images.containerName, etag: picture.etag };
  const put = (document: PredictionDocument): Promise<Outcome> =>
    // The answer is paid for: storage in trouble is waited for with it in hand.
    retryPassing(() => putDocument(parts, document, models, before), signal);
  if (unknown) return put(failed(image, describeError(unknown)));
  try {
    const known = await knownResults(parts.containers, models, picture, claim, before, anew);
    const missing = models.filter((model) => !known.has(model));
    const fitted = await readFitted({ ...parts, signal }, missing, picture, handed);
    if (typeof fitted === 'string') return { kind: fitted };
    const inOrder = () => models.flatMap((model) => known.get(model) ?? []);
    const { error } = await scoreWithAll(
      parts.ask,
      missing,
      fitted,
      { budget: parts.budget, priority: 'picture', signal },
      (model, result) => {
        known.set(model, result);
        claim.keep(picture.etag, inOrder());
      },
    );
    if (error?.transient) throw error;
    const described = { ...image, ...fitted.described };
    return await put(
      error ? failed(described, describeError(error), inOrder()) : succeeded(described, inOrder()),
    );
  } catch (thrown) {
    const error = asKeylessError(thrown);
    if (!isForGood(error) || NO_DOCUMENT.has(error.code)) throw error;
    return put(failed({ ...image, bytes: picture.length }, describeError(error)));
  }
}
