/** A line of text: its markup with the lower left corner at (x, y), `size` high, and how wide it is at most. */
export type Lettering = {
  width(text: string, size: number): number;
  markup(text: string, at: { x: number; y: number; size: number; colour: string }): string;
};

/** Text for whoever has fonts: filled in the colour, with a dark outline below the filling, for any background. */
export const fontLettering: Lettering = {
  width: (text, size) => [...text].reduce((sum, sign) => sum + size * widthOf(sign), 0),
  markup: (text, { x, y, size, colour }) =>
    `<text x="${x}" y="${tenth(y - size * 0.22)}" font-size="${tenth(size)}" fill="${colour}" stroke-width="${tenth(size / 4)}">${xmlText(text)}</text>`,
};

/** Of the size, at most, in the usual fonts without serifs. */
function widthOf(sign: string): number {
  if (
    /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Extended_Pictographic}]/u.test(
      sign,
    )
  )
    return 1.3;
  if (/\p{M}/u.test(sign)) return 0;
  if (/[MWmw@%]/u.test(sign)) return 1;
  return /[\p{Lu}]/u.test(sign) ? 0.78 : 0.66;
}

export const tenth = (value: number): number => Math.round(value * 10) / 10;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for element and attribute values; what XML 1.0 cannot hold becomes U+FFFD (https://www.w3.org/TR/xml/#charsets). */
export const xmlText = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\uFFFE\uFFFF]/gu, '\uFFFD')
    .replaceAll(/[&<>"']/gu, (sign) => ENTITIES[sign] ?? '');

/** Rounding of widths that are added up. */
const ROUNDING = 1e-6;

/** Shortened to the width, with an ellipsis, between whole characters as people see them. */
export function fitted(text: string, size: number, width: number, lettering: Lettering): string {
  // direction marks would turn the rest of the line around
  const line = text.replaceAll(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
  if (lettering.width(line, size) <= width) return line;
  let room = width - lettering.width('…', size) - ROUNDING;
  let shortened = '';
  for (const { segment } of new Intl.Segmenter().segment(line)) {
    room -= lettering.width(segment, size);
    if (room < 0) break;
    shortened += segment;
  }
  return shortened && `${shortened}…`;
}
