import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { createClientLogger } from '@azure/logger';
import { KeylessError } from '../errors/errors.ts';
import { span } from '../telemetry/telemetry.ts';

const logger = createClientLogger('keyless-vision:token');

/** A cached token with less time left than this may expire on the way, so it counts as expired. */
const SAFETY_MS = 10_000;
/** Ends are told in whole seconds, so a new token with less than one left counts as expired too. */
const LEAST_LIFE_MS = 1_000;
/** Tokens are renewed this long before they expire, or at half their life if that is shorter. */
const RENEW_AHEAD_MS = 5 * 60_000;
/** After a renewal that failed or brought nothing newer, the next one waits. */
const RENEW_PAUSE_MS = 30_000;

/** Options for whoever asks once more because the service refused the token at hand. */
export const AFTER_REFUSAL: GetTokenOptions = { claims: '' };

/** The Azure libraries give either of them in answer to a 401 with a challenge, and else neither. */
const isAfterRefusal = (options: GetTokenOptions | undefined): boolean =>
  options?.claims !== undefined || options?.tenantId !== undefined;

type Entry = { token: AccessToken; renewAt: number };

/**
 * A token cache over any credential, closing what the libraries below leave open: concurrent first calls for a scope
 * make one request; a renewal due while the cached token is good runs in the background, and its failure, network
 * errors included, fails no call; an expired token is never handed out; after a refusal the source is asked anew, once
 * for all who were refused. One scope a request, as managed identities want.
 */
export function createTokenCache(source: TokenCredential, now: () => number = Date.now): TokenCredential {
  const entries = new Map<string, Entry>();
  const pending = new Map<string, Promise<AccessToken>>();
  const refusedAt = new Map<string, number>();

  function request(scope: string): Promise<AccessToken> {
    const running = pending.get(scope);
    if (running !== undefined) return running;
    const asked = span('token', { 'keyless.scope': scope }, () => fetchToken(scope));
    const started = asked.finally(() => pending.delete(scope));
    pending.set(scope, started);
    return started;
  }

  async function fetchToken(scope: string): Promise<AccessToken> {
    const token = await source.getToken(scope);
    const received = now();
    if (typeof token?.token !== 'string' || !token.token || !Number.isFinite(token.expiresOnTimestamp)) {
      throw new KeylessError(
        'IdentityEndpointFailing',
        `The identity endpoint answered for ${scope}, but with no token and its end.`,
      );
    }
    if (token.expiresOnTimestamp - received < LEAST_LIFE_MS) {
      throw new KeylessError(
        'IdentityRefused',
        `The identity endpoint gave no usable token for ${scope}: it is already expired.`,
      );
    }
    const before = entries.get(scope);
    const unchanged = before?.token.token === token.token;
    const life = token.expiresOnTimestamp - received;
    const due = token.refreshAfterTimestamp ?? token.expiresOnTimestamp - Math.min(RENEW_AHEAD_MS, life / 2);
    entries.set(scope, { token, renewAt: Math.max(unchanged ? 0 : due, received + RENEW_PAUSE_MS) });
    return token;
  }

  function renewInBackground(scope: string, entry: Entry): void {
    entry.renewAt = now() + RENEW_PAUSE_MS;
    request(scope).catch((error: unknown) => {
      logger.warning(
        `Renewing the token for ${scope} failed; the cached one stays in use:`,
        (error as Error).message,
      );
    });
  }

  /** Of many calls that were refused with one token, the first asks; what it gets is the others’ too. */
  function afterRefusal(scope: string, entry: Entry): Promise<AccessToken> | AccessToken {
    if (now() - (refusedAt.get(scope) ?? Number.NEGATIVE_INFINITY) < RENEW_PAUSE_MS) {
      return pending.get(scope) ?? entry.token;
    }
    refusedAt.set(scope, now());
    return request(scope);
  }

  return {
    async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken> {
      const scope = oneScope(scopes);
      const entry = entries.get(scope);
      if (!entry || entry.token.expiresOnTimestamp - now() <= SAFETY_MS) return request(scope);
      if (isAfterRefusal(options)) return afterRefusal(scope, entry);
      if (now() >= entry.renewAt) renewInBackground(scope, entry);
      return entry.token;
    },
  };
}

function oneScope(scopes: string | string[]): string {
  const [scope, ...others] = typeof scopes === 'string' ? [scopes] : scopes;
  if (scope && others.length === 0) return scope;
  throw new TypeError(
    `A managed identity token is for one scope; expected one, got ${others.length + (scope ? 1 : 0)}.`,
  );
}
