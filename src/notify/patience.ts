import type { ErrorCode, KeylessError } from '../errors/errors.ts';

/** Operators mend these, and a managed identity’s token shows a new app role only after up to 24 hours. */
const MENDED_MEANWHILE: ReadonlySet<ErrorCode> = new Set([
  'TargetRoleMissing',
  'TargetForbidden',
  'MailDomainNotLinked',
  'IdentityUnavailable',
  'IdentityRefused',
]);

type Pauses = { most: number; first: number; longest: number };
/** Some three hours in all. */
const PASSING: Pauses = { most: 12, first: 10, longest: 3_600 };
/** Some 34 hours in all. */
const MENDED: Pauses = { most: 38, first: 60, longest: 3_600 };

/**
 * Seconds until the next attempt after so many that failed; undefined: it is given up. A pause that was asked for is
 * kept; the jitter is for many that failed together.
 */
export function nextPause(
  { code, transient, retryAfterSeconds }: KeylessError,
  attempts: number,
  random: () => number = Math.random,
): number | undefined {
  const pauses = transient ? PASSING : MENDED_MEANWHILE.has(code) ? MENDED : undefined;
  if (!pauses || attempts >= pauses.most) return undefined;
  const own = Math.min(pauses.longest, pauses.first * 2 ** (attempts - 1));
  return Math.ceil(Math.max(retryAfterSeconds ?? 0, own) * (1 + random() / 5));
}
