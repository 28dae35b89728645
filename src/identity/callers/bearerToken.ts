import { decodeJwt, decodeProtectedHeader } from 'jose';
import { KeylessError } from '../../errors/errors.ts';
import { quoted } from '../../errors/forLog.ts';

export type TokenVersion = '1.0' | '2.0';

/** A token nobody has vouched for yet: enough of it to find the key. `text` is the secret. */
export type BearerToken = { text: string; keyId: string; version: TokenVersion };

/** Entra lists at most 200 groups in a token, which stays well below; what is longer is not parsed. */
const LONGEST = 16_384;
/** Three parts, of which the signature may be empty: an unsigned token is refused for what it is. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]*$/u;

/**
 * The token of an Authorization header, with its algorithm checked; nothing else of the token is trusted yet. Throws
 * TokenMissing, TokenMalformed or TokenSignatureInvalid.
 */
export function readBearerToken(authorization: string | null): BearerToken {
  const text = credentials((authorization ?? '').trim());
  if (text.length > LONGEST) {
    throw new KeylessError(
      'TokenMalformed',
      `Expected a token of at most ${LONGEST} characters, got ${text.length}.`,
    );
  }
  if (!COMPACT.test(text)) {
    throw new KeylessError(
      'TokenMalformed',
      'Expected one token of three base64url parts with dots between them, got something else.',
    );
  }
  const { alg, kid, ver } = decode(text);
  // RS256 alone: https://www.rfc-editor.org/rfc/rfc8725#section-3.1
  if (alg !== 'RS256') {
    throw new KeylessError('TokenSignatureInvalid', `Expected the algorithm RS256, got ${quoted(alg)}.`);
  }
  if (typeof kid !== 'string') {
    throw new KeylessError(
      'TokenSignatureInvalid',
      `Expected a key id (kid) in the header, got ${quoted(kid)}.`,
    );
  }
  if (ver !== '1.0' && ver !== '2.0') {
    throw new KeylessError(
      'TokenMalformed',
      `Expected the claim ver to be "1.0" or "2.0", got ${quoted(ver)}.`,
    );
  }
  return { text, keyId: kid, version: ver };
}

function credentials(header: string): string {
  const [scheme = ''] = header.split(' ', 1);
  const rest = header.slice(scheme.length).trim();
  if (scheme.toLowerCase() === 'bearer' && rest) return rest;
  const got = !header
    ? 'nothing'
    : scheme.toLowerCase() === 'bearer'
      ? 'Bearer without a token'
      : COMPACT.test(header)
        ? 'a token without the word Bearer before it'
        : 'another scheme';
  throw new KeylessError('TokenMissing', `Expected the header Authorization: Bearer <token>, got ${got}.`);
}

function decode(text: string): Record<'alg' | 'kid' | 'ver', unknown> {
  try {
    const { alg, kid } = decodeProtectedHeader(text);
    return { alg, kid, ver: decodeJwt(text).ver };
  } catch {
    // what the parser says may quote the token
    throw new KeylessError('TokenMalformed', 'The header or the claims of the token are not a JSON object.');
  }
}
