const SHOWN_CHARACTERS = 100;

/** A value of a token as it may stand in a log line: short, on one line, quoted. */
export function told(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  const short = value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value;
  return JSON.stringify(short.replace(/[^\x20-\x7e…]/gu, '?'));
}
