import { withoutSecrets } from './secrets.ts';

const SHOWN_CHARACTERS = 80;
/** Names of blobs may have 1,024 characters. */
const LONGEST_TEXT = 1_024;
/** Controls, line and paragraph separators, and the marks that turn the direction of reading around. */
const STEERING = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** What an invocation logs to. */
export type Log = Record<'info' | 'warn' | 'error', (line: string) => void>;

/**
 * Text on one line, the way it is read: what would begin a line of its own, steer a terminal or turn the rest of the line
 * around becomes U+FFFD.
 */
export const onOneLine = (text: string): string => text.toWellFormed().replaceAll(STEERING, '\ufffd');

/** Text from outside, a picture’s name or a tag, as it may stand in a log line: on one line, 1,024 characters at most. */
export const forLog = (text: string): string => onOneLine(text.slice(0, LONGEST_TEXT));

/** A value that should have been another, as it may stand in a message: short, on one line, in quotes, without secrets. */
export function quoted(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  const text = onOneLine(withoutSecrets(value.slice(0, LONGEST_TEXT)));
  return JSON.stringify(
    text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS).toWellFormed()}…` : text,
  );
}
