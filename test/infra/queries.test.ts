import { expect, test } from 'vitest';
import { infraFiles } from './files.ts';

const files = infraFiles();

/** The regular expression of extract() or extract_all() in a query. */
function pattern(query: string): RegExp {
  const [, source = ''] = /extract(?:_all)?\(@'([^']+)'/u.exec(query) ?? [];
  return new RegExp(source, 'gu');
}

/** What the pattern’s groups catch in a line, as Kusto would hand them on. */
const caught = (expression: RegExp, line: string) =>
  [...line.matchAll(expression)].map((match) => match.slice(1));

function workbookQuery(name: string): string {
  const workbook = JSON.parse(files.get('infra/workbook.json') ?? '') as {
    items: { name: string; content: { query?: string } }[];
  };
  return workbook.items.find((item) => item.name === name)?.content.query ?? '';
}

test('the tags are read from the lines of src/scoring/attempt.ts', () => {
  const tags = pattern(workbookQuery('tags'));
  expect(caught(tags, 'fruit/1.jpg: fruit apple 0.99')).toEqual([['fruit', 'apple']]);
  expect(caught(tags, 'a, b: c.jpg: my-model red apple 1.00, boxes_2 nothing above the threshold')).toEqual([
    ['my-model', 'red apple'],
  ]);
  expect(caught(tags, '1.jpg: fruit apple 0.51, boxes lemon 0.73')).toEqual([
    ['fruit', 'apple'],
    ['boxes', 'lemon'],
  ]);
});

test('the code of a failure is read from lines with and without a picture’s name', () => {
  const codes = pattern(workbookQuery('failures'));
  expect(caught(codes, 'fruit/1.jpg: RateLimited: The account refused. Left to the next attempt.')).toEqual([
    ['RateLimited'],
  ]);
  expect(caught(codes, 'ImageTruncated: The file breaks off. Fix: send all of it')).toEqual([
    ['ImageTruncated'],
  ]);
  expect(caught(codes, '1.jpg: given up: VisionTimeout: No answer. Fix: wait')).toEqual([['VisionTimeout']]);
});

test('trouble with the app’s own token is told apart from that of callers', () => {
  const codes = pattern(files.get('infra/alerts/token-failures.kql') ?? '');
  expect(caught(codes, '1.jpg: PermissionDenied: No role. Left to the next attempt.')).toEqual([
    ['PermissionDenied'],
  ]);
  expect(caught(codes, 'TokenExpired: The token of the caller ended.')).toEqual([]);
});
