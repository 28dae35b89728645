import type { ErrorCode, KeylessError } from '../../errors/errors.ts';

const CHALLENGES: Partial<Record<ErrorCode, 'invalid_token' | 'insufficient_scope'>> = {
  TokenMalformed: 'invalid_token',
  TokenSignatureInvalid: 'invalid_token',
  TokenIssuerWrong: 'invalid_token',
  TokenAudienceWrong: 'invalid_token',
  TokenExpired: 'invalid_token',
  TokenNotYetValid: 'invalid_token',
  TokenDelegated: 'invalid_token',
  RoleMissing: 'insufficient_scope',
};

/**
 * The value of WWW-Authenticate for a caller who is refused; undefined where the error is not about callers. Without a
 * token the scheme alone: https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 */
export function challenge({ code, message }: KeylessError): string | undefined {
  if (code === 'TokenMissing') return 'Bearer';
  const error = CHALLENGES[code];
  return error && `Bearer error="${error}", error_description="${description(message)}"`;
}

/** The characters that RFC 6750 allows; in its quotes neither quote nor backslash. */
const description = (message: string): string =>
  message
    .replaceAll(/["’]/gu, "'")
    .replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/gu, ' ')
    .slice(0, 300);
