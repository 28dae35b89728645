import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { KeylessError } from '../errors/errors.ts';
import { statusOf, storageFault } from './containers.ts';
import type { DocumentError } from './document.ts';

/** After a crash the claim is free again this soon; https://learn.microsoft.com/rest/api/storageservices/lease-blob */
const LEASE_SECONDS = 30;
const RENEW_MS = 10_000;
const ASK_AGAIN_MS = 500;
/** The lease may be another’s at its end; storage in trouble does not say so. */
const SURE_MS = 25_000;
/** A lease is only refused so when another took it, or the blob is gone. */
const TAKEN: ReadonlySet<number> = new Set([404, 409, 412]);

/** Why a picture was given back, and of which of its contents, where that is known. */
export type Reason = DocumentError & { pictureEtag?: string };

/** The last fault of a picture that was given back, for the day it is given up. */
export type LastFault = Reason & { at: string };

/** The right to work on one picture, held by one instance at a time. */
export type Claim = {
  /** Somebody else held it first: what was read before may be of yesterday. */
  waited: boolean;
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
    const leaseId = await tryLease(claims, blob).catch((error: unknown) => {
      throw storageFault(error, `Claiming ${name}`);
    });
    if (leaseId) return held(blob, leaseId, waited);
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
        {
          cause,
        },
      );
    });
  }
}

async function tryLease(claims: ContainerClient, blob: BlockBlobClient): Promise<string | undefined> {
  try {
    await blob.upload('', 0, { conditions: { ifNoneMatch: '*' } });
  } catch (error) {
    if (statusOf(error) === 404) {
      await claims.createIfNotExists();
      return undefined;
    }
    if (statusOf(error) !== 409 && statusOf(error) !== 412) throw error; // it is there: from a fault, or from its holder
  }
  try {
    return (await blob.getBlobLeaseClient().acquireLease(LEASE_SECONDS)).leaseId;
  } catch (error) {
    if (statusOf(error) === 409 || statusOf(error) === 404) return undefined; // held, or just released
    throw error;
  }
}

function held(blob: BlockBlobClient, leaseId: string, waited: boolean): Claim {
  const lost = new AbortController();
  const lease = blob.getBlobLeaseClient(leaseId);
  const lose = () =>
    lost.abort(
      new KeylessError('PictureBusy', `The claim on ${blob.name} was lost; another may work on it now.`),
    );
  let released = false;
  let watch = setTimeout(lose, SURE_MS);
  const renewal = setInterval(() => {
    const askedAt = performance.now();
    lease.renewLease().then(
      () => {
        clearTimeout(watch);
        if (!released) watch = setTimeout(lose, askedAt + SURE_MS - performance.now());
      },
      (error: unknown) => {
        if (TAKEN.has(statusOf(error) ?? 0)) lose();
      },
    );
  }, RENEW_MS);
  return {
    waited,
    lost: lost.signal,
    async release(fault) {
      released = true;
      clearTimeout(watch);
      clearInterval(renewal);
      const conditions = { leaseId };
      try {
        if (!fault) {
          await blob.delete({ conditions });
          return;
        }
        const text = JSON.stringify({ ...fault, at: new Date().toISOString() } satisfies LastFault);
        await blob.upload(text, Buffer.byteLength(text), { conditions });
        await lease.releaseLease();
      } catch {
        // lost meanwhile, or storage in trouble: the lease ends by itself, and the document is what counts
      }
    },
  };
}

/** The fault a picture was last handed back with; undefined when none is known. */
export async function readLastFault(claims: ContainerClient, name: string): Promise<LastFault | undefined> {
  try {
    const text = (await claims.getBlobClient(name).downloadToBuffer()).toString('utf8');
    return text ? (JSON.parse(text) as LastFault) : undefined;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw storageFault(error, `Reading the last fault of ${name}`);
  }
}
