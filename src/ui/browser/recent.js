import { announce } from './announcements.js';
import { readJson } from './api.js';
import { byId, element } from './elements.js';
import { counted, moment } from './format.js';
import { openDocument } from './openedDocument.js';
import { problemView, unreadable } from './problem.js';

/** @import { Call, Read } from './api.js' */
/** @import { DocumentList, ListedDocument, Problem } from './contract.d.ts' */

const AT_ONCE = 50;
/** Milliseconds after the last letter of the filter. */
const TYPING_PAUSE = 300;

/**
 * The lower half of the page: the documents of dropped pictures, each opened where it stands.
 * @param {{ call: Call }} parts
 */
export function startRecent({ call }) {
  const list = byId('documents', HTMLUListElement);
  const note = byId('documents-note', HTMLElement);
  const more = byId('documents-more', HTMLButtonElement);
  const filter = byId('documents-prefix', HTMLInputElement);
  let loading = new AbortController();
  /** @type {string | undefined} */
  let cursor;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;

  /** @param {{ afresh: boolean }} how */
  async function load({ afresh }) {
    clearTimeout(pause);
    loading.abort();
    loading = new AbortController();
    const { signal } = loading;
    const prefix = filter.value.trim();
    const query = new URLSearchParams({ top: String(AT_ONCE) });
    if (prefix) query.set('prefix', prefix);
    if (!afresh && cursor) query.set('cursor', cursor);
    more.disabled = true;
    list.setAttribute('aria-busy', 'true');
    try {
      /** @type {Read<DocumentList>} */
      const { body, problem } = await readJson(await call(`predictions?${query}`, { signal, onState }));
      show(body, problem ?? unreadable, { afresh, prefix, signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      if (!signal.aborted) {
        more.disabled = false;
        list.removeAttribute('aria-busy');
      }
    }
  }

  /** @type {NonNullable<import('./api.js').CallOptions['onState']>} */
  const onState = (state) => {
    if (state.kind !== 'access') return;
    note.hidden = false;
    note.replaceChildren(element('p', { class: 'hint' }, `The list comes when the ${state.what} is given.`));
  };

  /**
   * @param {DocumentList | undefined} body
   * @param {Problem} problem
   * @param {{ afresh: boolean, prefix: string, signal: AbortSignal }} asked
   */
  function show(body, problem, { afresh, prefix, signal }) {
    const found = body?.predictions;
    if (!found) {
      note.hidden = false;
      note.replaceChildren(problemView(problem));
      return;
    }
    if (afresh) list.replaceChildren();
    const rows = found.map((entry) => row(entry, call));
    list.append(...rows);
    cursor = body.cursor;
    more.hidden = !cursor;
    const count = list.childElementCount;
    note.replaceChildren(element('p', { class: 'hint' }, emptyHint(prefix, Boolean(cursor))));
    note.hidden = count > 0;
    if (signal.aborted) return;
    announce(`${counted(count, 'document')} shown${cursor ? ', there are more' : ''}.`);
    if (!afresh) rows[0]?.querySelector('summary')?.focus();
  }

  filter.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(() => void load({ afresh: true }), TYPING_PAUSE);
  });
  byId('documents-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    void load({ afresh: true });
  });
  more.addEventListener('click', () => void load({ afresh: false }));
  void load({ afresh: true });
}

/** A page of the listing may be empty though there are more. @param {string} prefix @param {boolean} more */
function emptyHint(prefix, more) {
  if (more) return 'None so far, but there may be more.';
  return prefix
    ? `No document’s name begins with ${prefix}. Upper and lower case differ.`
    : 'No documents yet. Drop a picture into the images container; its document appears here once it is scored.';
}

/** @param {ListedDocument} entry @param {Call} call */
function row({ name, status, code, lastModified, told = [] }, call) {
  const failed = status === 'failed';
  const details = element(
    'details',
    { class: 'document' },
    element(
      'summary',
      {},
      element('span', { class: 'document-name' }, name),
      element(
        'span',
        { class: failed ? 'mark failed' : 'mark' },
        failed ? `✕ failed${code ? `: ${code}` : ''}` : '✓ scored',
      ),
      ...told.map((each) => element('span', { class: 'facts' }, toldText(each))),
      element('time', { datetime: lastModified, class: 'facts' }, moment(lastModified)),
    ),
  );
  details.addEventListener(
    'toggle',
    () => {
      const content = element(
        'div',
        { class: 'opened' },
        element('p', { class: 'progress' }, 'Is being read'),
      );
      details.append(content);
      void openDocument({ name, call }).then((view) => {
        content.replaceChildren(view);
      });
    },
    { once: true },
  );
  return element('li', {}, details);
}

/** @param {NonNullable<ListedDocument['told']>[number]} told */
function toldText({ target, at, waitsFor, failed }) {
  if (at) return `✓ ${target} told`;
  if (failed) return `✕ ${target} not told: ${failed}`;
  if (waitsFor) return `… ${target} ${waitsFor === 'delivery' ? 'is to be told' : `waits: ${waitsFor}`}`;
  return `${target} passed over`;
}
