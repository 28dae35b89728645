import type { BoundingBox } from '../../../prediction.ts';
import type { Slip } from '../slips.ts';
import { html, type Markup } from './html.ts';
import { thumbnail } from './thumbnail.ts';
import { percent, slipText, truthText } from './words.ts';

/** About 15 KB each. */
const MOST = 60;

/** The wrong pictures, small, with what is true and what was answered; of a detector with the boxes of both. */
export async function gallery(wrong: readonly Slip[]): Promise<Markup> {
  if (wrong.length === 0) return html`<p>No picture went wrong.</p>`;
  const cards: Markup[] = [];
  for (const slip of wrong.slice(0, MOST)) cards.push(await card(slip)); // one at a time: decoding takes memory
  const left = wrong.length - cards.length;
  return html`<ul class="gallery">${cards}</ul>${left > 0 && html`<p>${left} more are in the output of --json.</p>`}`;
}

async function card(slip: Slip): Promise<Markup> {
  const { picture, top } = slip;
  const small = await thumbnail(picture.path).catch(() => undefined); // it was decoded before; gone since
  return html`<li><div class="picture">${
    small &&
    html`<img src="${small.address}" width="${small.width}" height="${small.height}" alt="${picture.name}">${boxes(slip)}`
  }</div>
<h4>${picture.name}</h4>
<dl><div><dt>shows</dt> <dd>${truthText(slip)}</dd></div>
<div><dt>mistake</dt> <dd class="mistake">${slipText(slip)}</dd></div>
${top && html`<div><dt>most probable</dt> <dd>${top.tagName} ${percent(top.probability)}</dd></div>`}</dl></li>`;
}

function boxes({ picture: { drawn }, accepted }: Slip): Markup | undefined {
  if (!drawn) return undefined;
  const truths = drawn.boxes.map(({ box }) => box);
  const answered = accepted.flatMap(({ boundingBox }) => (boundingBox ? [boundingBox] : []));
  // dark ones beneath all, which show on light pictures
  return html`<svg class="boxes" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
${frames([...truths, ...answered], 'under')}${frames(truths, 'true')}${frames(answered, 'answered')}</svg>`;
}

const frames = (boxes: readonly BoundingBox[], kind: string): Markup[] =>
  boxes.map(
    ({ left, top, width, height }) =>
      html`<rect class="${kind}" x="${left}" y="${top}" width="${width}" height="${height}"/>`,
  );
