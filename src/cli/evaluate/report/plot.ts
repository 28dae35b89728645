import { html, type Markup } from './html.ts';

export type At = { x: number; y: number };
export type Line = { name: string; points: readonly At[] };
export type Plot = {
  title: string;
  x: string;
  y: string;
  lines: readonly Line[];
  /** Upright lines with a word at their top. */
  marks?: readonly { x: number; word: string }[];
  /** Points with the interval that their y lies in. */
  dots?: readonly (At & { low: number; high: number; what: string })[];
  /** Where both are the same. */
  diagonal?: boolean;
};

/** In units of the drawing. */
const [SIDE, LEFT, TOP, RIGHT, BOTTOM] = [300, 46, 22, 12, 44];
const [WIDTH, HEIGHT] = [LEFT + SIDE + RIGHT, TOP + SIDE * 0.8 + BOTTOM];
const across = (x: number) => (LEFT + x * SIDE).toFixed(1);
const down = (y: number) => (TOP + (1 - y) * SIDE * 0.8).toFixed(1);
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];
/** Lines are told apart by colour and, where there are more than colours, by dashes. */
export const COLOURS = 6;

/** Shares over shares, both 0 to 1, as a figure with a legend; colours are those of the page. */
export function plot({ title, x, y, lines, marks = [], dots = [], diagonal }: Plot): Markup {
  return html`<figure class="plot">
<figcaption>${title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${`${title}: ${y} over ${x}`}">
${TICKS.map(
  (tick) =>
    html`<path class="grid" d="M${across(tick)} ${down(0)}V${down(1)}M${across(0)} ${down(tick)}H${across(1)}"/><text x="${across(tick)}" y="${TOP + SIDE * 0.8 + 16}" text-anchor="middle">${tick}</text><text x="${LEFT - 7}" y="${down(tick)}" dy="0.35em" text-anchor="end">${tick}</text>`,
)}
<text x="${across(0.5)}" y="${HEIGHT - 8}" text-anchor="middle">${x}</text>
<text transform="translate(12 ${down(0.5)}) rotate(-90)" text-anchor="middle">${y}</text>
${diagonal && html`<path class="same" d="M${across(0)} ${down(0)}L${across(1)} ${down(1)}"/>`}
${marks.map(
  (mark) =>
    html`<path class="mark" d="M${across(mark.x)} ${down(0)}V${down(1)}"/><text x="${across(mark.x)}" y="${TOP - 7}" text-anchor="${mark.x > 0.8 ? 'end' : mark.x < 0.2 ? 'start' : 'middle'}">${mark.word}</text>`,
)}
${lines.map(
  ({ points }, index) =>
    html`<polyline class="${styleOf(index)}" points="${thinned(points)
      .map((point) => `${across(point.x)},${down(point.y)}`)
      .join(' ')}"/>`,
)}
${dots.map(
  (dot) =>
    html`<g><title>${dot.what}</title><path class="span" d="M${across(dot.x)} ${down(dot.low)}V${down(dot.high)}"/><circle cx="${across(dot.x)}" cy="${down(dot.y)}" r="4.5"/></g>`,
)}
</svg>
${
  lines.length > 1 &&
  html`<ul class="legend">${lines.map(
    ({ name }, index) =>
      html`<li><svg viewBox="0 0 24 8" aria-hidden="true"><path class="${styleOf(index)}" d="M1 4H23"/></svg>${name}</li>`,
  )}</ul>`
}
</figure>`;
}

const styleOf = (index: number): string => `line c${index % COLOURS} d${Math.floor(index / COLOURS) % 3}`;

/** More points than a drawing can show make the page large; first and last stay. */
const MOST_POINTS = 240;

function thinned(points: readonly At[]): At[] {
  const step = Math.max(1, (points.length - 1) / (MOST_POINTS - 1));
  const count = Math.min(points.length, MOST_POINTS);
  return Array.from({ length: count }, (_, index) => points[Math.round(index * step)]).filter(
    (point) => point !== undefined,
  );
}
