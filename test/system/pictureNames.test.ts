import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { LOCAL_FUNCTION_KEY } from '../../local/stack.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import type { Listing } from '../../src/storage/list.ts';
import { CANNED_ANSWER, useHost } from '../support/journeys.ts';
import { documentPath } from '../support/pageLinks.ts';

const app = useHost({}, { modelSettings: { fruit: { paths: ['**'], rate: 1_000 } } });
const get = (path: string, init: RequestInit = {}) =>
  fetch(`${app.host.url}/api/${path}`, { ...init, headers: { 'x-functions-key': LOCAL_FUNCTION_KEY } });

/** What clients, hosts and storage treat as something else than a part of a name. */
const odd = fc.constantFrom(
  ...[
    '%',
    '%2F',
    '%252F',
    '%zz',
    '%00',
    '+',
    ' ',
    '..',
    '.',
    '#',
    '?',
    '&',
    '=',
    ';',
    ':',
    '@',
    '~',
    "'",
    '"',
    '<',
    '|',
    '^',
    'ä',
    '🍎',
    '\u{10ffff}',
    '́',
  ],
);
const segment = fc
  .array(fc.oneof(odd, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => `${parts.join('').replaceAll(/[\p{Cc}\p{Cn}/\\]/gu, '')}x`);
const names = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map((segments) => `names/${segments.join('/')}`)
  .filter((name) => name.isWellFormed() && name.length <= 1_024);
const FIXED = [
  'names/k/b.jpg',
  'names/k%2Fb.jpg',
  'names/k%252Fb.jpg',
  'names%2Fk/b.jpg',
  'names//k.jpg',
  '/names/k.jpg',
  'names/..k..jpg',
  'names/100%.jpg',
  'names/50%41.jpg',
  'names/50A.jpg',
  `names/${'long '.repeat(203)}`,
  `names/${'ä'.repeat(1_018)}`,
];

it('names round trip, whatever they hold: dropped, scored, listed, and read by the page’s link', {
  timeout: 180_000,
}, async () => {
  app.stack.prediction.faults.always(CANNED_ANSWER);
  const { jpeg } = await drawPicture(91_000_001, { size: 96 });
  const dropped = [...new Set([...FIXED, ...fc.sample(names, 20)])];
  await Promise.all(dropped.map((name) => app.stack.uploader.drop(name, jpeg)));

  const listed = async () => {
    const found: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page = (await (await get(`predictions?top=25&cursor=${cursor}`)).json()) as Listing;
      found.push(...page.predictions.map(({ name }) => name));
      cursor = page.cursor;
    }
    return found.toSorted();
  };
  await expect.poll(listed, { timeout: 120_000, interval: 500 }).toEqual(dropped.toSorted());

  const read = async (name: string, path: string) => {
    const answer = await get(path);
    expect([path, answer.status]).toEqual([path, 200]);
    expect(((await answer.json()) as PredictionDocument).image.name).toBe(name);
  };
  const whole = (name: string) => `predictions/${encodeURIComponent(name)}`;
  const backslashes = (name: string) => whole(name.replaceAll('/', '\\'));
  await Promise.all(
    dropped.flatMap((name) => [documentPath, whole, backslashes].map((path) => read(name, path(name)))),
  );
});

it('a name that nobody has is nobody’s, however near another is', async () => {
  for (const path of ['names%2Fk%252Fc.jpg', 'names/50%2542.jpg']) {
    await app.stack.uploader.drop(decodeURIComponent(decodeURIComponent(path)), Buffer.from('none'));
    expect((await get(`predictions/${path}`)).status).toBe(404);
  }
});
