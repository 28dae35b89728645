const SHOWN_CHARACTERS = 100;
/** Names of blobs may have 1,024 characters. */
const LONGEST_TEXT = 1_024;

/**
 * Text from outside, a picture’s name or a tag, as it may stand in a log line: on that line, and the way it is read. What
 * would begin a line of its own, steer a terminal or turn the rest of the line around becomes U+FFFD.
 */
export const forLog = (text: string): string =>
  text
    .slice(0, LONGEST_TEXT)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');

/** A value that should have been another, as it may stand in a message: short, in ASCII, text in quotes. */
export function quoted(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  const short = value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value;
  return JSON.stringify(short.replace(/[^\x20-\x7e…]/gu, '?'));
}
