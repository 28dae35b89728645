import { KeylessError } from '../../errors/errors.ts';
import { quoted } from '../../errors/forLog.ts';
import type { SigningKey, SigningKeys } from './openIdMetadata.ts';

export type CallerKeys = {
  /**
   * The key of that id and the issuer it signs for. Throws TokenSignatureInvalid when no such key is published, and
   * CallerKeysUnavailable when that cannot be found out.
   */
  find(keyId: string): Promise<{ issuer: string; key: SigningKey }>;
};

export type CallerKeysOptions = {
  now: () => number;
  /** The least time between two requests for the keys while some are known, in ms. */
  refetchFloorMs: number;
};

/** https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-signature */
const MAX_AGE_MS = 24 * 60 * 60_000;
/** After a request that failed, the next may come sooner than the floor. */
const AFTER_FAILURE_MS = 30_000;

/**
 * The signing keys of one issuer, fetched at the first call, when they are a day old (in the background), and when a
 * token names an unknown one, which is how a key that rolled shows. One request at a time. Known keys stay in use
 * while new ones cannot be had.
 */
export function createCallerKeys(
  fetchKeys: () => Promise<SigningKeys>,
  options: CallerKeysOptions,
): CallerKeys {
  const { now, refetchFloorMs } = options;
  let known: SigningKeys | undefined;
  let knownSince = 0;
  let askedAt = 0;
  let failure: unknown;
  let pending: Promise<void> | undefined;

  async function fetchAnew(): Promise<void> {
    askedAt = now();
    try {
      known = await fetchKeys();
      knownSince = now();
      failure = undefined;
    } catch (error) {
      failure = error;
    }
  }

  function refetch(): Promise<void> {
    pending ??= fetchAnew().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  const mayAsk = () =>
    pending !== undefined ||
    now() - askedAt >= (failure ? Math.min(AFTER_FAILURE_MS, refetchFloorMs) : refetchFloorMs);

  return {
    async find(keyId) {
      if (!known) await refetch();
      else if (!known.keys.has(keyId) && mayAsk()) await refetch();
      else if (now() - knownSince >= MAX_AGE_MS && mayAsk()) void refetch();

      const key = known?.keys.get(keyId);
      if (known && key) return { issuer: known.issuer, key };
      if (failure) throw failure;
      throw new KeylessError(
        'TokenSignatureInvalid',
        `Expected a token signed by a key of ${known?.issuer}, got one whose key ${quoted(keyId)} is not published there.`,
      );
    },
  };
}
