import { closest, distance } from 'fastest-levenshtein';
import { plain } from './table.ts';

/** What was typed is at fault: the command ends with 2. */
export class UsageError extends Error {
  override name = 'UsageError';
  readonly fix: string | undefined;

  constructor(message: string, fix?: string) {
    super(message);
    this.fix = fix;
  }
}

/** For people: what happened, and what to do next. Services’ own words in it cannot steer the terminal. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return plain(String(error));
  const fix = 'fix' in error && error.fix ? `\nFix: ${String(error.fix)}` : '';
  return `${error.message}${fix}`.split('\n').map(plain).join('\n');
}

/** 2 for wrong use, 1 for what failed. */
export const exitCodeOf = (error: unknown): 1 | 2 => (error instanceof UsageError ? 2 : 1);

/** ` Did you mean x?` where one of the words is near, whatever its case, else nothing. */
export function suggestion(word: string, words: readonly string[]): string {
  const byLowerCase = new Map(words.map((each) => [each.toLowerCase(), each]));
  if (byLowerCase.size === 0) return '';
  const typed = word.toLowerCase();
  const near = closest(typed, [...byLowerCase.keys()]);
  const isNear = distance(typed, near) <= Math.max(2, word.length / 3);
  return isNear ? ` Did you mean ${byLowerCase.get(near)}?` : '';
}
