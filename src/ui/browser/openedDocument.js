import { readJson } from './api.js';
import { element } from './elements.js';
import { documentPath, modelOf, moment } from './format.js';
import { showBlob } from './picture.js';
import { problemView, unreadable } from './problem.js';
import { tagsView } from './tags.js';

/** @import { Call, Read } from './api.js' */
/** @import { PredictionDocument, Result } from './contract.d.ts' */

/** Nothing ends the reading of one document. */
const READ_ON = new AbortController().signal;

/**
 * The document of a dropped picture: its picture with the boxes in it and its tags, or why it failed and what to do.
 * @param {{ name: string, call: Call }} parts
 */
export async function openDocument({ name, call }) {
  const path = documentPath(name);
  /** @type {Read<PredictionDocument>} */
  const { body, problem } = await readJson(await call(path, { signal: READ_ON }));
  if (!body) return problemView(problem ?? unreadable);
  if (body.status === 'failed') return failedView(body);
  if (body.status === 'pending') {
    return element('p', { class: 'hint' }, 'The picture has no document yet. Refresh the list in a moment.');
  }
  return succeededView(body, await pictureView(path, name, call));
}

/** The document as it is, for those who want to read it. @param {PredictionDocument} document */
export const documentText = (document) =>
  element(
    'details',
    { class: 'raw' },
    element('summary', {}, 'Prediction document'),
    element('pre', { tabindex: 0 }, JSON.stringify(document, null, 2)),
  );

/** @param {PredictionDocument} document */
function failedView(document) {
  return element(
    'div',
    { class: 'outcome' },
    problemView(document.error ?? unreadable),
    element('p', { class: 'facts' }, `Failed ${moment(document.completedAt)}`),
    documentText(document),
  );
}

/** @param {PredictionDocument} document @param {HTMLElement} picture */
function succeededView(document, picture) {
  const results = document.results ?? [];
  return element(
    'div',
    { class: 'card-body' },
    element('div', { class: 'frame' }, picture),
    element(
      'div',
      { class: 'outcome' },
      ...results.map((result) => resultView(result)),
      element('p', { class: 'facts' }, `Scored ${moment(document.completedAt)}`),
      documentText(document),
    ),
  );
}

/** @param {Result} result */
const resultView = (result) =>
  element('div', {}, element('p', { class: 'facts' }, modelOf(result)), tagsView(result, result.threshold));

/** @param {string} path @param {string} name @param {Call} call */
async function pictureView(path, name, call) {
  const { response, problem } = await call(`${path}?format=svg`, { signal: READ_ON });
  if (!response) return problemView(problem);
  const drawn = new Blob([await response.arrayBuffer()], { type: 'image/svg+xml' });
  const image = showBlob(drawn, `${name} with its boxes`, () =>
    image.replaceWith(
      element('p', { class: 'hint' }, 'The picture cannot be shown; it may have been replaced just now.'),
    ),
  );
  return image;
}
