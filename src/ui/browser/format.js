const NO_BREAK = '\u00a0';

/**
 * A fraction as a percentage with one decimal; the last step to 100 % is not rounded over.
 * @param {number} fraction 0..1
 */
export function percent(fraction) {
  const tenths = fraction < 1 ? Math.min(Math.round(fraction * 1000), 999) : 1000;
  return `${(tenths / 10).toFixed(1)}${NO_BREAK}%`;
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [several]
 */
export const counted = (count, one, several = `${one}s`) => `${count} ${count === 1 ? one : several}`;

/** @param {number} ms */
export const duration = (ms) =>
  ms < 1000 ? `${Math.round(ms)}${NO_BREAK}ms` : `${(ms / 1000).toFixed(1)}${NO_BREAK}s`;

const dateAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/**
 * In the reader’s own time zone and manner; what is no date stays as it is.
 * @param {string} text
 */
export function moment(text) {
  const date = new Date(text);
  return Number.isNaN(date.valueOf()) ? text : dateAndTime.format(date);
}

/**
 * The model by its name in the settings, with its published name where that is another.
 * Where an export answered it is named in its place, and for whom it did.
 * @param {{ model: string, publishedName?: string, export?: { name: string }, fallbackFor?: { publishedName: string } }} result
 */
export function modelOf({ model, publishedName, export: by, fallbackFor }) {
  if (by) return `model ${model}, ${fallbackFor ? 'the fallback' : 'the export'} ${by.name}`;
  return model === publishedName ? `model ${model}` : `model ${model}, published as ${publishedName}`;
}

/**
 * Where the document of a picture is read. Slashes stay slashes, so that no proxy need be trusted with %2F; but one in
 * front would be an empty segment, for which the host has no route.
 * @param {string} name
 */
export const documentPath = (name) =>
  `predictions/${name.startsWith('/') ? encodeURIComponent(name) : name.split('/').map(encodeURIComponent).join('/')}`;
