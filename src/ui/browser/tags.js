import { element } from './elements.js';
import { counted, percent } from './format.js';

/** @import { Prediction, Result } from './contract.d.ts' */

/** @param {Result} result @param {number} threshold */
export const reaching = (result, threshold) =>
  result.predictions.filter(({ probability }) => probability >= threshold);

/**
 * The tags of one result at or above the threshold, as a list with bars, and a line that says how many.
 * @param {Result} result
 * @param {number} threshold
 */
export function tagsView(result, threshold) {
  const found = reaching(result, threshold).toSorted((a, b) => b.probability - a.probability);
  return element(
    'div',
    { class: 'tags' },
    element('p', { class: 'tags-summary' }, summary(result, found, threshold)),
    found.length > 0 && element('ol', { class: 'tag-list' }, ...found.map(tagRow)),
  );
}

/** @param {Prediction} prediction */
function tagRow({ tagName, probability, boundingBox }) {
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' }, element('span'));
  bar.style.setProperty('--share', String(probability));
  return element(
    'li',
    {},
    element('span', { class: 'tag-name' }, tagName || 'tag without a name'),
    ' ',
    element('span', { class: 'tag-probability' }, percent(probability)),
    bar,
    boundingBox && element('span', { class: 'visually-hidden' }, place(boundingBox)),
  );
}

/** @param {Result} result @param {Prediction[]} found @param {number} threshold */
function summary({ predictions, task }, found, threshold) {
  const what = task === 'detect' ? 'box' : 'tag';
  const several = task === 'detect' ? 'boxes' : 'tags';
  const limit = `${Math.round(threshold * 100)}\u00a0%`;
  if (found.length > 0) {
    return `${found.length} of ${counted(predictions.length, what, several)} at or above ${limit}`;
  }
  const best = predictions.toSorted((a, b) => b.probability - a.probability)[0];
  if (!best) return `The model found no ${what} in this picture.`;
  return `No ${what} reaches ${limit}. The likeliest is ${best.tagName} with ${percent(best.probability)}.`;
}

/** @param {NonNullable<Prediction['boundingBox']>} box */
const place = ({ left, top, width, height }) =>
  ` box ${percent(left)} from the left, ${percent(top)} from the top, ${percent(width)} wide, ${percent(height)} high`;
