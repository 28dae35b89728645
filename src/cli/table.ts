import { stripVTControlCharacters } from 'node:util';

/** Two columns wide on terminals: https://www.unicode.org/reports/tr11/ */
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uFF01-\uFF60]/u;
const GAP = '  ';
const segmenter = new Intl.Segmenter();

/**
 * Rows as aligned lines, the first one the head; a missing cell is empty, and no line ends in blanks. Columns named in
 * `right` (counted from 0) are set to the right, as figures are. Cells may be coloured; anything that came from outside
 * goes through `plain` first.
 */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => width(row[column] ?? ''))),
  );
  return rows
    .map((row) =>
      widths
        .map((most, column) => {
          const cell = row[column] ?? '';
          const blanks = ' '.repeat(most - width(cell));
          return right.includes(column) ? blanks + cell : cell + blanks;
        })
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** Text from outside as one line that cannot steer a terminal: control and direction characters become U+FFFD. */
export const plain = (text: string): string =>
  text.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\uFFFD');

/** How many columns a terminal gives to it. */
const width = (text: string): number =>
  [...segmenter.segment(stripVTControlCharacters(text))].reduce(
    (sum, { segment }) => sum + (WIDE.test(segment) ? 2 : 1),
    0,
  );
