import { announce } from './announcements.js';
import { readJson } from './api.js';
import { createOverlay, drawBoxes } from './boxes.js';
import { button, element } from './elements.js';
import { duration, modelOf, percent } from './format.js';
import { documentText } from './openedDocument.js';
import { showBlob } from './picture.js';
import { problemView, unreadable } from './problem.js';
import { reaching, tagsView } from './tags.js';

/** @import { Call, Read } from './api.js' */
/** @import { PredictionDocument, Problem, Result } from './contract.d.ts' */
/** @import { Threshold } from './threshold.js' */

/**
 * @typedef {object} CardParts
 * @property {File} file
 * @property {Promise<string | undefined>} model undefined: the app’s only one
 * @property {Call} call
 * @property {() => string | undefined} waitsFor what all calls wait for, if they do
 * @property {Threshold} threshold
 * @property {(task: () => Promise<void>) => void} enqueue
 * @property {(card: HTMLLIElement) => void} onRemove
 */

const TAGS_TOLD = 3;

/**
 * One picture and what becomes of it: waiting, being scored, its tags and boxes, or what is wrong with it.
 * @param {CardParts} parts
 */
export function createCard({ file, model, call, waitsFor, threshold, enqueue, onRemove }) {
  const ended = new AbortController();
  const name = file.name || 'pasted picture';
  const overlay = createOverlay();
  const frame = element('div', { class: 'frame' });
  const image = showBlob(file, name, () =>
    frame.replaceChildren(element('p', { class: 'hint' }, 'No preview')),
  );
  frame.append(image, overlay);
  const outcome = element('div', { class: 'outcome', tabindex: -1 });
  let unfollow = () => {};

  const card = element(
    'li',
    { class: 'card' },
    element(
      'article',
      { 'aria-label': name },
      element(
        'div',
        { class: 'card-head' },
        element('h3', {}, name),
        button('Remove', remove, { class: 'quiet', 'aria-label': `Remove ${name}` }),
      ),
      element('div', { class: 'card-body' }, frame, outcome),
    ),
  );

  function remove() {
    ended.abort();
    unfollow();
    onRemove(card);
  }

  function start() {
    say('Waits for its turn');
    enqueue(async () => {
      try {
        if (!ended.signal.aborted) await score();
      } catch (error) {
        if (!ended.signal.aborted) throw error;
      }
    });
  }

  /** The button goes away, so the keyboard is put where the answer will be. */
  function startAgain() {
    start();
    outcome.focus({ preventScroll: true });
  }

  async function score() {
    let told = '';
    const missing = waitsFor();
    if (missing) say(`Waits for the ${missing}`);
    const named = await model;
    const answer = await call(named === undefined ? 'predict' : `predict/${encodeURIComponent(named)}`, {
      picture: file,
      signal: ended.signal,
      onState(state) {
        if (state.kind === 'busy') {
          say(`Too many predictions at once. Tries again in ${state.seconds}\u00a0s`);
          if (told !== 'busy') announce(`${name} is tried again in ${state.seconds} seconds.`);
        } else say(state.kind === 'access' ? `Waits for the ${state.what}` : 'Is being scored');
        told = state.kind;
      },
    });
    /** @type {Read<PredictionDocument>} */
    const { body, problem } = await readJson(answer);
    const result = body?.results?.[0];
    if (body && result) showResult(body, result);
    else showProblem(problem ?? body?.error ?? unreadable);
  }

  /** @param {PredictionDocument} document @param {Result} result */
  function showResult(document, result) {
    const tags = element('div');
    outcome.replaceChildren(
      tags,
      element('p', { class: 'facts' }, factsOf(document, result)),
      documentText(document),
    );
    unfollow = threshold.follow((limit) => {
      drawBoxes(overlay, reaching(result, limit));
      tags.replaceChildren(tagsView(result, limit));
    }, result.threshold);
    announce(`${name}: ${inWords(result)}`);
  }

  /** @param {Problem} problem */
  function showProblem(problem) {
    outcome.replaceChildren(
      problemView(problem),
      button('Try again', startAgain, { 'aria-label': `Try again: ${name}` }),
    );
    announce(`${name}: ${problem.title}. ${problem.fix ?? ''}`);
  }

  /** @param {string} text */
  function say(text) {
    const shown = outcome.querySelector('.progress');
    if (shown) shown.textContent = text;
    else outcome.replaceChildren(element('p', { class: 'progress' }, text));
  }

  start();
  return card;
}

/** @param {PredictionDocument} document @param {Result} result */
function factsOf({ image }, result) {
  const { durationMs, attempts } = result;
  return [
    image.width && image.height && `${image.width} × ${image.height} pixels`,
    modelOf(result),
    duration(durationMs),
    attempts > 1 && `${attempts} attempts`,
    ...(image.sent?.steps ?? []),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** @param {Result} result */
function inWords(result) {
  const found = reaching(result, result.threshold).toSorted((a, b) => b.probability - a.probability);
  if (found.length === 0) return 'nothing reaches the threshold.';
  return found
    .slice(0, TAGS_TOLD)
    .map(({ tagName, probability }) => `${tagName} ${percent(probability)}`)
    .join(', ');
}
