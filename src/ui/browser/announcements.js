import { byId, element } from './elements.js';

const KEPT = 20;

/**
 * Says something to those who listen to the page; it is not seen.
 * @param {string} text
 */
export function announce(text) {
  const log = byId('announcements', HTMLElement);
  log.append(element('p', {}, text));
  while (log.childElementCount > KEPT) log.firstElementChild?.remove();
}
