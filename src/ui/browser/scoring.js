import { readJson } from './api.js';
import { createCard } from './card.js';
import { byId, element } from './elements.js';
import { acceptPictures } from './intake.js';
import { createQueue } from './queue.js';
import { createThreshold } from './threshold.js';

/** @import { Call, Read } from './api.js' */
/** @import { ModelList } from './contract.d.ts' */

/** Custom Vision’s free tier takes two pictures a second; more at once would only be told to wait. */
const AT_ONCE = 3;

/**
 * The upper half of the page: pictures come in, each gets a card.
 * @param {{ call: Call, waitsFor: () => string | undefined }} parts
 */
export function startScoring({ call, waitsFor }) {
  const cards = byId('cards', HTMLOListElement);
  const choice = byId('model', HTMLSelectElement);
  const threshold = createThreshold();
  const enqueue = createQueue(AT_ONCE);

  const asked = showModels(choice, call);
  choice.addEventListener('change', () => threshold.forget());

  /** The keyboard stays where it was: at the next card, else at the way in. @param {HTMLLIElement} card */
  const onRemove = (card) => {
    const next = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    const target = next?.querySelector('.card-head button') ?? byId('choose', HTMLElement);
    if (target instanceof HTMLElement) target.focus();
  };

  acceptPictures((files) => {
    // a picture that comes before the names waits for them, as they for the key
    const model = asked.then(() => choice.value || undefined);
    cards.prepend(
      ...files.map((file) => createCard({ file, model, call, waitsFor, threshold, enqueue, onRemove })),
    );
  });
}

/**
 * Only with access the app tells its models. Where it does not, pictures go without a name, and their answers say why.
 * @param {HTMLSelectElement} choice
 * @param {Call} call
 */
async function showModels(choice, call) {
  /** @type {Read<ModelList>} */
  const { body } = await readJson(await call('models', { signal: new AbortController().signal }));
  const models = body?.models ?? [];
  choice.append(...models.map(({ name }) => element('option', { value: name }, name)));
  byId('model-field', HTMLElement).hidden = models.length < 2;
}
