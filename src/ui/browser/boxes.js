import { svgElement } from './elements.js';
import { percent } from './format.js';

/** @import { Prediction } from './contract.d.ts' */

const LABEL_HEIGHT = 20;
/** About the width of a letter at the label’s size; the real width is taken where it can be measured. */
const LETTER_WIDTH = 7.2;
const LABEL_PADDING = 6;
const LONGEST_LABEL = 28;
/** A label’s height as a share of a small picture. */
const ROOM_ABOVE = 0.1;

/** @param {number} fraction */
const share = (fraction) => `${(fraction * 100).toFixed(3)}%`;

/** An overlay to lie over a picture. Hidden from readers: the list of tags says the same in words. */
export const createOverlay = () =>
  svgElement('svg', { class: 'overlay', 'aria-hidden': 'true', width: '100%', height: '100%' });

/**
 * Draws the boxes of those predictions that have one; shares of the picture, so they fit at any size.
 * @param {SVGSVGElement} overlay
 * @param {readonly Prediction[]} predictions
 */
export function drawBoxes(overlay, predictions) {
  const boxed = predictions.filter(({ boundingBox }) => boundingBox);
  overlay.replaceChildren(...boxed.map(outline), ...boxed.map(label));
  for (const each of overlay.querySelectorAll('.box-label')) fitLabel(each);
}

/** @param {Prediction} prediction */
function outline({ boundingBox, tagName }) {
  const { left = 0, top = 0, width = 0, height = 0 } = boundingBox ?? {};
  const place = { x: share(left), y: share(top), width: share(width), height: share(height) };
  return svgElement(
    'g',
    { class: 'box', 'data-tag': tagName },
    svgElement('rect', { class: 'box-halo', ...place }),
    svgElement('rect', { class: 'box-line', ...place }),
  );
}

/** A label on top of its box, inside where there is no room above; at the right corner where the box lies right. @param {Prediction} prediction */
function label({ boundingBox, tagName, probability }) {
  const { left = 0, top = 0, width = 0 } = boundingBox ?? {};
  const atRight = left > 0.5;
  const shift = top > ROOM_ABOVE ? -LABEL_HEIGHT : 0;
  const name = tagName.length > LONGEST_LABEL ? `${tagName.slice(0, LONGEST_LABEL - 1)}…` : tagName;
  const text = `${name} ${percent(probability)}`;
  const estimate = text.length * LETTER_WIDTH;
  return svgElement(
    'svg',
    {
      class: 'box-label',
      'data-side': atRight ? 'right' : 'left',
      x: share(atRight ? left + width : left),
      y: share(top),
      overflow: 'visible',
    },
    svgElement('rect', {
      x: atRight ? -estimate - 2 * LABEL_PADDING : 0,
      y: shift,
      width: estimate + 2 * LABEL_PADDING,
      height: LABEL_HEIGHT,
      rx: 3,
    }),
    svgElement(
      'text',
      {
        x: atRight ? -LABEL_PADDING : LABEL_PADDING,
        y: shift + 14,
        'text-anchor': atRight ? 'end' : 'start',
      },
      text,
    ),
  );
}

/** @param {Element} drawn */
function fitLabel(drawn) {
  const [ground, text] = drawn.children;
  const measured = text instanceof SVGTextElement ? text.getComputedTextLength() : 0;
  if (!measured || !ground) return;
  const width = measured + 2 * LABEL_PADDING;
  ground.setAttribute('width', String(width));
  if (drawn.getAttribute('data-side') === 'right') ground.setAttribute('x', String(-width));
}
