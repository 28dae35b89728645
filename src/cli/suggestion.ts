import { closest, distance } from 'fastest-levenshtein';

/** ` Did you mean x?` where one of the words is near, else nothing. */
export function suggestion(word: string, words: readonly string[]): string {
  if (words.length === 0) return '';
  const near = closest(word.toLowerCase(), words);
  return distance(word.toLowerCase(), near.toLowerCase()) <= Math.max(2, word.length / 3)
    ? ` Did you mean ${near}?`
    : '';
}
