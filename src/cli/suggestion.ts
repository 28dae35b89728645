import { closest, distance } from 'fastest-levenshtein';

/** ` Did you mean x?` where one of the words is near, whatever its case, else nothing. */
export function suggestion(word: string, words: readonly string[]): string {
  const byLowerCase = new Map(words.map((each) => [each.toLowerCase(), each]));
  if (byLowerCase.size === 0) return '';
  const typed = word.toLowerCase();
  const near = closest(typed, [...byLowerCase.keys()]);
  const isNear = distance(typed, near) <= Math.max(2, word.length / 3);
  return isNear ? ` Did you mean ${byLowerCase.get(near)}?` : '';
}
