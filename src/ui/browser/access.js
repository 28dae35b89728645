import { byId } from './elements.js';

/** Letters, digits and signs that a header may hold: https://www.rfc-editor.org/rfc/rfc9110#name-field-values */
const SENDABLE = /^[\x21-\x7e]+$/u;

const WORDS = {
  key: {
    title: 'This app asks for a function key',
    hint: 'It stays in this page’s memory and is gone when the page is closed or reloaded.',
    label: 'Function key',
    what: 'key',
    refused: 'The app did not accept this key. Check that it is a function or host key of this app.',
  },
  entra: {
    title: 'This app asks for a Microsoft Entra token',
    hint: 'This page signs nobody in. Paste an access token for the app, as this prints it: az account get-access-token --scope <application id uri>/.default --query accessToken --output tsv. It stays in this page’s memory and is gone when the page is closed or reloaded.',
    label: 'Access token',
    what: 'token',
    refused:
      'The app did not accept this token. It may be expired, of another tenant, or meant for another app.',
  },
};

/** @typedef {ReturnType<typeof createAccess>} Access */

/**
 * The key or token that calls carry, in memory only, and the form that asks for it.
 * @param {'key' | 'entra'} mode
 */
export function createAccess(mode) {
  const words = WORDS[mode];
  const section = byId('access', HTMLElement);
  const form = byId('access-form', HTMLFormElement);
  const input = byId('access-secret', HTMLInputElement);
  const complaint = byId('access-complaint', HTMLElement);
  byId('access-title', HTMLElement).textContent = words.title;
  byId('access-hint', HTMLElement).textContent = words.hint;
  byId('access-label', HTMLElement).textContent = words.label;

  /** @type {string | undefined} */
  let secret;
  /** @type {PromiseWithResolvers<void> | undefined} */
  let asked;

  /** @param {string} text */
  const complain = (text) => {
    complaint.textContent = text;
    complaint.hidden = !text;
    input.setAttribute('aria-invalid', String(Boolean(text)));
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const given = input.value.trim().replace(/^Bearer\s+/iu, '');
    if (!SENDABLE.test(given)) {
      complain(
        given
          ? `This is no ${words.label.toLowerCase()}: it has spaces or signs that none has.`
          : `Paste the ${words.label.toLowerCase()} first.`,
      );
      input.focus();
      return;
    }
    secret = given;
    input.value = '';
    complain('');
    section.hidden = true;
    byId('choose', HTMLElement).focus({ preventScroll: true });
    asked?.resolve();
    asked = undefined;
  });

  return {
    what: words.what,
    /** What is asked for just now, and all calls wait for. */
    waitsFor: () => asked && words.what,
    /** What was given last; compared when it is refused, so that only the newest is asked for again. */
    current: () => secret,
    /** @returns {Record<string, string>} */
    headers() {
      if (secret === undefined) return {};
      return mode === 'entra' ? { authorization: `Bearer ${secret}` } : { 'x-functions-key': secret };
    },
    /**
     * Asks for another than the one that was refused; all who wait share the one form.
     * @param {string | undefined} refused
     * @param {string | undefined} reason the app’s own, where it gave one
     * @returns {Promise<void>}
     */
    async renew(refused, reason) {
      if (secret !== refused) return;
      if (!asked) {
        asked = Promise.withResolvers();
        section.hidden = false;
        complain(refused === undefined ? '' : [words.refused, reason].filter(Boolean).join(' '));
        input.focus();
      }
      await asked.promise;
    },
  };
}
