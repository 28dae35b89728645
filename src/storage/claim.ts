import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { KeylessError } from '../errors/errors.ts';
import { making } from './containers.ts';
import type { DocumentResult } from './document.ts';
import { codeOf, statusOf, storageFault } from './faults.ts';
import { isClaim, type Kept, NOTHING_KEPT, OWN_MARK, type Reason, readKept } from './kept.ts';
import { bareEtag } from './mark.ts';

/** After a crash the claim is free again this soon; https://learn.microsoft.com/rest/api/storageservices/lease-blob */
const LEASE_SECONDS = 30;
const RENEW_MS = 10_000;
const ASK_AGAIN_MS = 500;
/** The lease may be another’s at its end; storage in trouble does not say so. */
const SURE_MS = 25_000;
/** A lease is only refused so when another took it, or the blob is gone. */
const TAKEN: ReadonlySet<number> = new Set([404, 409, 412]);

/** What storage says of a blob that another holds; other conflicts are no holder’s, and stay. */
const HELD: ReadonlySet<string> = new Set([
  'LeaseAlreadyPresent',
  'LeaseIsBreakingAndCannotBeAcquired',
  'LeaseIdMissing',
]);
const THERE: ReadonlySet<string> = new Set(['BlobAlreadyExists', 'ConditionNotMet', ...HELD]);
/** Answers that come so close together are kept by one write. */
const KEEP_AFTER_MS = 100;

/** The right to work on one picture, held by one instance at a time. */
export type Claim = {
  /** Somebody else held it first: what was read before may be of yesterday. */
  waited: boolean;
  /** From earlier attempts; nothing of another content than this one’s. */
  keptOf(pictureEtag: string): Kept;
  /** Keeps the answers so far, for whoever goes on should this process end. */
  keep(pictureEtag: string, results: readonly DocumentResult[]): void;
  /** Ends when the claim was lost: the lease could not be renewed in time. */
  lost: AbortSignal;
  /** The work is done, or handed back with the reason. Never rejects: the lease runs out by itself. */
  release(fault?: Reason): Promise<void>;
};

/**
 * Waits for the right to work on a picture: a leased blob of the picture’s name. Two instances that got one event take
 * turns, so that the second finds the first one’s document. Rejects with PictureBusy after `longestWaitMs`, or when the
 * signal ends the wait.
 */
export async function claimPicture(
  claims: ContainerClient,
  name: string,
  longestWaitMs: number,
  signal?: AbortSignal,
): Promise<Claim> {
  const blob = claims.getBlockBlobClient(name);
  const deadline = performance.now() + longestWaitMs;
  for (let waited = false; ; waited = true) {
    const askedAt = performance.now();
    const lease = await tryLease(claims, blob).catch((error: unknown) => {
      throw storageFault(error, `Claiming ${name}`);
    });
    if (lease) return held(blob, lease, { askedAt, waited });
    if (performance.now() > deadline) {
      throw new KeylessError(
        'PictureBusy',
        `Another instance has been working on ${name} for ${Math.round(longestWaitMs / 1000)} s.`,
      );
    }
    await sleep(ASK_AGAIN_MS, undefined, signal ? { signal } : {}).catch((cause: unknown) => {
      throw new KeylessError(
        'PictureBusy',
        `Another instance works on ${name}, and this one could not wait for it.`,
        { cause },
      );
    });
  }
}

type Lease = { id: string; kept: Kept };

async function tryLease(claims: ContainerClient, blob: BlockBlobClient): Promise<Lease | undefined> {
  const lease = async () => (await blob.getBlobLeaseClient().acquireLease(LEASE_SECONDS)).leaseId ?? '';
  const isNew = await make(claims, blob);
  try {
    if (isNew) return { id: await lease(), kept: NOTHING_KEPT };
    if (!isClaim((await blob.getProperties()).metadata)) throw foreign(blob);
    const id = await lease();
    const kept = await readKept(claims, blob.name).catch(async (error: unknown) => {
      await blob.getBlobLeaseClient(id).releaseLease();
      throw error;
    });
    return { id, kept: kept ?? NOTHING_KEPT };
  } catch (error) {
    if (HELD.has(codeOf(error) ?? '') || statusOf(error) === 404) return undefined; // or just released
    throw error;
  }
}

/** False where it is there already: from a fault, or from its holder. */
async function make(claims: ContainerClient, blob: BlockBlobClient): Promise<boolean> {
  try {
    await making(claims, () => blob.upload('', 0, { conditions: { ifNoneMatch: '*' }, metadata: OWN_MARK }));
    return true;
  } catch (error) {
    if (THERE.has(codeOf(error) ?? '')) return false;
    throw error;
  }
}

const foreign = (blob: BlockBlobClient): KeylessError =>
  new KeylessError(
    'BlobNotOurs',
    `${blob.containerName}/${blob.name} is no claim of this app, and is left as it is.`,
  );

function held(
  blob: BlockBlobClient,
  lease: Lease,
  { askedAt, waited }: { askedAt: number; waited: boolean },
): Claim {
  const lost = new AbortController();
  const client = blob.getBlobLeaseClient(lease.id);
  const conditions = { leaseId: lease.id };
  const lose = () =>
    lost.abort(
      new KeylessError('PictureBusy', `The claim on ${blob.name} was lost; another may work on it now.`),
    );
  let released = false;
  let { kept } = lease;
  let keeping: NodeJS.Timeout | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  // The lease runs from the moment that storage gave it, which may be long before the answer came.
  const sureFor = (asked: number) => Math.max(0, asked + SURE_MS - performance.now());
  let watch = setTimeout(lose, sureFor(askedAt));
  const renewal = setInterval(() => {
    const renewedAt = performance.now();
    client.renewLease().then(
      () => {
        clearTimeout(watch);
        if (!released) watch = setTimeout(lose, sureFor(renewedAt));
      },
      (error: unknown) => {
        if (TAKEN.has(statusOf(error) ?? 0)) lose();
      },
    );
  }, RENEW_MS);
  const write = () => {
    const text = JSON.stringify(kept);
    return blob.upload(text, Buffer.byteLength(text), { conditions, metadata: OWN_MARK });
  };
  const keptOf = (pictureEtag: string): Kept =>
    kept.pictureEtag === bareEtag(pictureEtag)
      ? kept
      : { ...NOTHING_KEPT, pictureEtag: bareEtag(pictureEtag) };
  return {
    waited,
    keptOf,
    lost: lost.signal,
    keep(pictureEtag, results) {
      kept = { ...keptOf(pictureEtag), results };
      keeping ??= setTimeout(() => {
        keeping = undefined;
        writing = write().catch(() => {}); // written again with the release; without that, only paid again
      }, KEEP_AFTER_MS);
    },
    async release(fault) {
      released = true;
      for (const timer of [watch, keeping]) clearTimeout(timer);
      clearInterval(renewal);
      await writing;
      try {
        if (!fault) {
          await blob.delete({ conditions });
          return;
        }
        const { pictureEtag = kept.pictureEtag ?? '' } = fault;
        const before = keptOf(pictureEtag);
        kept = {
          ...before,
          attempts: before.attempts + 1,
          fault: { ...fault, at: new Date().toISOString() },
        };
        await write();
        await client.releaseLease();
      } catch {
        // lost meanwhile, or storage in trouble: the lease ends by itself, and the document is what counts
      }
    },
  };
}
