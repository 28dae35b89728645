import { createHash } from 'node:crypto';
import { KeylessError } from '../errors/errors.ts';

/** Against mistakes, not against anyone: what a cursor leads to, its holder may list anyway. */
const checksum = (token: string, prefix: string): string =>
  createHash('sha256').update(`${prefix}\0${token}`).digest('base64url').slice(0, 8);

/** Storage’s continuation token, for one prefix, as one word of an address. */
export const sealCursor = (token: string, prefix: string): string =>
  checksum(token, prefix) + Buffer.from(token).toString('base64url');

/** Throws RequestInvalid for anything that is no cursor of this prefix. */
export function openCursor(cursor: string, prefix: string): string {
  const token = Buffer.from(cursor.slice(8), 'base64url').toString();
  if (token === '' || sealCursor(token, prefix) !== cursor) throw unfitCursor();
  return token;
}

export const unfitCursor = (cause?: unknown): KeylessError =>
  new KeylessError('RequestInvalid', 'The cursor is not one that this listing gave.', {
    cause,
    fix: 'Pass the cursor of the last answer as it is, with the same prefix; or leave it out, to begin anew.',
  });
