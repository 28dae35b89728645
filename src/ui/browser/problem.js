import { element } from './elements.js';

/** @import { Problem } from './contract.d.ts' */

/** What the platform answers before the app is asked comes without a body. @type {Record<number, Problem>} */
const WITHOUT_BODY = {
  403: {
    title: 'This is not allowed',
    detail: 'The platform in front of the app refused the call.',
    fix: 'Check the access restrictions of the function app.',
  },
  404: {
    title: 'There is nothing here',
    detail: 'The app has no such address.',
    fix: 'Check that the app is of the same version as this page, and reload it.',
  },
  413: {
    title: 'The picture is too large',
    detail: 'It is larger than the platform lets through.',
    fix: 'Make the picture smaller: fewer pixels or a stronger JPEG compression.',
  },
};

/** @type {Problem} */
export const unreachable = {
  title: 'The app cannot be reached',
  detail: 'The connection failed before an answer came, or the picture could not be read from the disk.',
  fix: 'Check that the app is running and the picture still there, then try again.',
};

/** @type {Problem} */
export const unreadable = {
  title: 'The answer cannot be read',
  detail: 'The app answered, but not with what this page expects.',
  fix: 'Reload the page; if it stays, look for a proxy between this page and the app.',
};

/**
 * What went wrong, in words: the problem details of the answer (RFC 9457), or what its status says without them.
 * @param {Response} response
 * @returns {Promise<Problem>}
 */
export async function readProblem(response) {
  const { status } = response;
  /** @type {Partial<Record<keyof Problem, unknown>> | undefined} */
  const told = await response.json().catch(() => undefined);
  if (typeof told !== 'object' || told === null || typeof told.title !== 'string') {
    return (
      WITHOUT_BODY[status] ?? {
        title: `The app answered with status ${status}`,
        detail: 'It gave no reason.',
        fix: 'Try again in a minute; if it stays, look into the app’s log.',
      }
    );
  }
  /** @type {Problem} */
  const problem = { title: told.title };
  for (const member of /** @type {const} */ (['detail', 'fix', 'code', 'requestId'])) {
    const value = told[member];
    if (typeof value === 'string') problem[member] = value;
  }
  return problem;
}

/**
 * A problem as a person reads it: what happened, why, and what to do.
 * @param {Problem} problem
 */
export function problemView({ title, detail, fix, code, requestId }) {
  const marks = [code, requestId && `request ${requestId}`].filter(Boolean).join(' · ');
  return element(
    'div',
    { class: 'problem' },
    element('p', { class: 'problem-title' }, title),
    detail && element('p', {}, detail),
    fix && element('p', { class: 'fix' }, element('strong', {}, 'What to do: '), fix),
    marks && element('p', { class: 'facts' }, marks),
  );
}
