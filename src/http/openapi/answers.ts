import { type ErrorCode, errorBook } from '../../errors/errors.ts';
import { byStatus } from './codes.ts';
import { type ComponentName, reference } from './components.ts';
import { examples } from './examples.ts';

type Content = Record<string, object>;
export type Answer = { description: string; headers?: object; content?: Content };

const text = { type: 'string' } as const;
const headers = {
  ETag: { description: 'The version of the answer, for If-None-Match.', schema: text },
  'Cache-Control': { description: 'Who may keep the answer, and for how long.', schema: text },
  'Retry-After': { description: 'Seconds to wait before trying again.', schema: { type: 'integer' } },
  'WWW-Authenticate': { description: 'RFC 6750; where Entra tokens are asked for.', schema: text },
};

/** Some of the headers that answers carry. */
export const header = (...names: (keyof typeof headers)[]): object =>
  Object.fromEntries(names.map((name) => [name, headers[name]]));

export const json = (name: ComponentName, shown: Readonly<Record<string, unknown>>): Content => ({
  'application/json': { schema: reference(name), examples: asExamples(shown) },
});

export const asExamples = (shown: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, { value }]));

/** The problems of a function, one answer for each status, with all codes it may carry. */
export function problems(codes: readonly ErrorCode[]): Record<string, Answer> {
  return Object.fromEntries(byStatus(codes).map(([status, those]) => [status, problem(status, those)]));
}

function problem(status: string, codes: readonly ErrorCode[]): Answer {
  const shown = codes.filter((code) => Object.hasOwn(examples.problems, code));
  const lines = codes.map((code) => `- \`${code}\`: ${errorBook[code].title}`);
  if (status === '401') {
    lines.unshift(
      'With a function key that is missing or wrong, the platform answers, without a body. Else:\n',
    );
  }
  const sent = {
    ...(status === '401' && header('WWW-Authenticate')),
    ...(['429', '503'].includes(status) && header('Retry-After')),
  };
  return {
    description: lines.join('\n'),
    ...(Object.keys(sent).length > 0 && { headers: sent }),
    content: {
      'application/problem+json': {
        schema: reference('Problem'),
        ...(shown.length > 0 && {
          examples: asExamples(
            Object.fromEntries(
              shown.map((code) => [code, (examples.problems as Record<string, unknown>)[code]]),
            ),
          ),
        }),
      },
    },
  };
}

/** Where no function answers. */
export const noSuchRoute: Answer = {
  description: 'To any other method the platform answers so, without a body.',
};
