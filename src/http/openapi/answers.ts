import { type ErrorCode, errorBook } from '../../errors/errors.ts';
import { byStatus } from './codes.ts';
import { type ComponentName, reference } from './components.ts';
import { examples } from './examples.ts';

type Content = Record<string, object>;
export type Answer = { description: string; headers?: object; content?: Content };

const text = { type: 'string' } as const;
const described = (description: string) => ({ description, schema: text });
const headers = {
  ETag: described('The version of the answer, for If-None-Match.'),
  'Cache-Control': described('Who may keep the answer, and for how long.'),
  'Content-Security-Policy': described('What the answer may load when it is opened by itself.'),
  'X-Content-Type-Options': described('nosniff.'),
  'Referrer-Policy': described('no-referrer.'),
  'Cross-Origin-Opener-Policy': described('same-origin.'),
  'Cross-Origin-Resource-Policy': described('same-origin.'),
  'Retry-After': { description: 'Seconds to wait before trying again.', schema: { type: 'integer' } },
  'WWW-Authenticate': described('RFC 6750; where Entra tokens are asked for.'),
  'Accept-Encoding': described('identity, where the body was compressed.'),
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
  return {
    description: lines.join('\n'),
    headers: {
      ...header('Cache-Control'),
      ...(['401', '403'].includes(status) && header('WWW-Authenticate')),
      ...(status === '415' && header('Accept-Encoding')),
      ...(['429', '503'].includes(status) && header('Retry-After')),
    },
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

/**
 * What the platform in front of the app answers to any call, mostly without a body: Kestrel’s limits, the host’s and
 * those of Azure (https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits).
 */
const PLATFORM = {
  400: 'The address or a header is malformed.',
  403: 'The caller’s address is not let in.',
  404: 'There is no such address, or it takes another method.',
  413: 'The body is over 100 MB.',
  414: 'The address is longer than 8 KB.',
  429: 'The host has more calls in hand than it takes.',
  431: 'The headers are longer than 32 KB, or more than 100.',
  500: 'The host failed before the app was asked.',
  502: 'The app went away while it worked.',
  503: 'The app is starting, being replaced, or stopped.',
  504: 'No answer came within 230 seconds.',
};

/** All answers of a call: those of a function, and what the platform may answer in its stead. */
export function withPlatform(own: Record<string, Answer>): Record<string, Answer> {
  const platform = Object.entries(PLATFORM).map(([status, words]): [string, Answer] => {
    const answer = own[status];
    if (!answer) return [status, { description: `The platform’s, without a body: ${words}` }];
    const description = `${answer.description}\n\nThe platform answers so too, without a body: ${words}`;
    return [status, { ...answer, description }];
  });
  return { ...own, ...Object.fromEntries(platform) };
}
