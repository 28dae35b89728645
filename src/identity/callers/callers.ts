import { errors, type JWTPayload, jwtVerify } from 'jose';
import { KeylessError } from '../../errors/errors.ts';
import type { EntraCallers } from '../../settings/callers.ts';
import { type BearerToken, readBearerToken } from './bearerToken.ts';
import { type Caller, readCaller } from './callerClaims.ts';
import { createCallerKeys } from './callerKeys.ts';
import { requireRole } from './callerRole.ts';
import { fetchSigningKeys, type SigningKey } from './openIdMetadata.ts';

export type { Caller };

export type CallerCheck = {
  /**
   * Who called, where the header is `Bearer` and a token that Entra issued to an application, for this API and with
   * this app role. Takes the Authorization header alone: the X-MS-CLIENT-PRINCIPAL headers of built-in authentication
   * can be sent by anybody wherever that is off. Throws KeylessError alone: 401 Token…, 403 RoleMissing, or 503
   * CallerKeysUnavailable.
   */
  authorize(authorization: string | null, role: string): Promise<Caller>;
};

export type CallerCheckOptions = {
  now?: () => number;
  /** How long each of metadata and key set may take. */
  timeoutMs?: number;
  /** The least time between two requests for the keys while some are known. */
  refetchFloorMs?: number;
};

const CLOCK_SKEW_SECONDS = 60;
const TIMEOUT_MS = 5_000;
const REFETCH_FLOOR_MS = 5 * 60_000;

/** A check with its own cache of keys: one for the whole process. Nothing is fetched before the first token comes. */
export function createCallerCheck(auth: EntraCallers, options: CallerCheckOptions = {}): CallerCheck {
  const { now = Date.now, timeoutMs = TIMEOUT_MS, refetchFloorMs = REFETCH_FLOOR_MS } = options;
  const { tenantId, audiences, authority } = auth;
  // The API decides on the version of its tokens, and each version has metadata and keys of its own:
  // https://learn.microsoft.com/entra/identity-platform/access-tokens#token-formats
  const keysOf = (path: string) => {
    const url = `${authority}/${tenantId}${path}/.well-known/openid-configuration`;
    return createCallerKeys(() => fetchSigningKeys(url, tenantId, timeoutMs), { now, refetchFloorMs });
  };
  const keys = { '1.0': keysOf(''), '2.0': keysOf('/v2.0') };

  return {
    async authorize(authorization, role) {
      const token = readBearerToken(authorization);
      const { version } = token;
      const { issuer, key } = await keys[version].find(token.keyId);
      const claims = await verify(token, key, now());
      const caller = readCaller(claims, { version, issuer, tenantId, audiences });
      requireRole(caller, role, String(claims.aud));
      return caller;
    },
  };
}

async function verify(token: BearerToken, key: SigningKey, at: number): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token.text, key, {
      algorithms: ['RS256'],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: new Date(at),
    });
    return payload;
  } catch (cause) {
    throw refusal(cause, at);
  }
}

function refusal(cause: unknown, at: number): KeylessError {
  const clock = new Date(at).toISOString();
  if (cause instanceof errors.JWTExpired) {
    return new KeylessError(
      'TokenExpired',
      `Expected an end (exp) after now, ${clock}, got ${time(cause.payload.exp)}.`,
      { cause },
    );
  }
  if (cause instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason, payload } = cause;
    if (claim === 'nbf' && reason === 'check_failed') {
      return new KeylessError(
        'TokenNotYetValid',
        `Expected a start (nbf) before now, ${clock}, got ${time(payload.nbf)}.`,
        { cause },
      );
    }
    return new KeylessError('TokenMalformed', `The claim ${claim} is missing or no number.`, { cause });
  }
  if (cause instanceof errors.JWTInvalid || cause instanceof errors.JOSENotSupported) {
    return new KeylessError('TokenMalformed', 'The claims or the header of the token cannot be read.', {
      cause,
    });
  }
  return new KeylessError('TokenSignatureInvalid', 'The signature does not match the token and its key.', {
    cause,
  });
}

/** Beyond the years a date can have there is no ISO form. */
function time(seconds: number | undefined): string {
  const date = new Date((seconds ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString();
}
