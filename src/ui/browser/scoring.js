import { createCard } from './card.js';
import { byId, element } from './elements.js';
import { acceptPictures } from './intake.js';
import { createQueue } from './queue.js';
import { createThreshold } from './threshold.js';

/** @import { Call } from './api.js' */

/** Custom Vision’s free tier takes two pictures a second; more at once would only be told to wait. */
const AT_ONCE = 3;

/**
 * The upper half of the page: pictures come in, each gets a card.
 * @param {{ models: readonly string[], call: Call }} parts
 */
export function startScoring({ models, call }) {
  const cards = byId('cards', HTMLOListElement);
  const choice = byId('model', HTMLSelectElement);
  const threshold = createThreshold();
  const enqueue = createQueue(AT_ONCE);

  choice.append(...models.map((name) => element('option', { value: name }, name)));
  byId('model-field', HTMLElement).hidden = models.length < 2;
  choice.addEventListener('change', () => threshold.forget());

  /** The keyboard stays where it was: at the next card, else at the way in. @param {HTMLLIElement} card */
  const onRemove = (card) => {
    const next = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    const target = next?.querySelector('.card-head button') ?? byId('choose', HTMLElement);
    if (target instanceof HTMLElement) target.focus();
  };

  acceptPictures((files) => {
    const model = choice.value || undefined;
    cards.prepend(...files.map((file) => createCard({ file, model, call, threshold, enqueue, onRemove })));
  });
}
