import type { AccessToken } from '@azure/identity';
import { decodeJwt, type JWTPayload } from 'jose';
import { KeylessError } from '../../errors/errors.ts';

/** What a token says of itself, nothing of it verified: it is our own, and only told. Throws TokenMalformed; never quotes it. */
export function claimsOf({ token }: AccessToken): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    // what the parser says may quote the token
    throw new KeylessError('TokenMalformed', 'The token is none that can be read (no JWT).', {
      fix: 'Ask for the scope of another resource: tokens of some are opaque.',
    });
  }
}
