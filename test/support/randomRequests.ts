import fc, { type Arbitrary } from 'fast-check';
import { LOCAL_FUNCTION_KEY } from '../../local/stack.ts';
import { anyText } from './anyText.ts';
import type { Whole } from './mutatedPictures.ts';
import { randomBodies } from './randomBodies.ts';

export type RandomRequest = {
  method: string;
  /** Path and query, as sent. */
  path: string;
  headers: [name: string, value: string][];
  body: Buffer | undefined;
  /** `chunked`: without Content-Length. `broken off`: the connection ends in the midst of the body. */
  sending: 'whole' | 'chunked' | 'broken off';
  /** Whether one of the app’s own functions answers it; of others the host may answer without a word. */
  own: boolean;
};

type Route = { method: string; path: string; anonymous?: boolean };

const segment = fc.oneof(
  fc.constantFrom(
    'fruit',
    'fruit-boxes',
    'pears',
    'a.jpg',
    '%',
    '%00',
    '%2F',
    '%zz',
    '..%2f..',
    '12345',
    'null',
  ),
  anyText({ minLength: 1, maxLength: 30 }).map(encodeURIComponent),
  fc.integer({ min: 200, max: 3000 }).map((length) => 'x'.repeat(length)),
);
/** A dot segment, also an encoded one, is another address: https://url.spec.whatwg.org/#double-dot-path-segment */
const named = segment.filter((text) => !/^(?:\.|%2e){1,2}$/iu.test(text));

const ownRoute: Arbitrary<Route> = fc.oneof(
  { arbitrary: named.map((model) => ({ method: 'POST', path: `/api/predict/${model}` })), weight: 3 },
  { arbitrary: fc.constant({ method: 'POST', path: '/api/predict/fruit' }), weight: 5 },
  { arbitrary: fc.constant({ method: 'POST', path: '/api/predict/fruit-boxes' }), weight: 2 },
  { arbitrary: fc.constant({ method: 'GET', path: '/api/predictions' }), weight: 2 },
  {
    arbitrary: fc
      .array(named, { minLength: 1, maxLength: 4 })
      .map((names) => ({ method: 'GET', path: `/api/predictions/${names.join('/')}` })),
    weight: 3,
  },
  {
    arbitrary: fc
      .constantFrom('/api/health', '/api/openapi.json', '/api/ui', '/API/HEALTH/')
      .map((path) => ({ method: 'GET', path, anonymous: true })),
    weight: 1,
  },
  {
    arbitrary: named.map((file) => ({ method: 'GET', path: `/api/ui/${file}/page.js`, anonymous: true })),
    weight: 1,
  },
);

const queryValue = fc.oneof(
  fc.constantFrom(
    '0',
    '1',
    '0.5',
    '-1',
    '2',
    '1e9',
    'NaN',
    '',
    'svg',
    'png',
    'json',
    '١',
    '0x1',
    '1000',
    '1001',
    '.5',
  ),
  anyText({ maxLength: 40 }),
  fc.base64String({ maxLength: 80 }),
);
const query = fc
  .array(
    fc.tuple(fc.constantFrom('threshold', 'top', 'format', 'prefix', 'cursor', 'x', '__proto__'), queryValue),
    { maxLength: 3 },
  )
  .map((pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'));
/** Characters that a client should have encoded, and did not. */
const UNENCODED = '%&=+?#[]{}|\\^`"<>;:@a0';
const rawQuery = fc.string({ unit: fc.constantFrom(...UNENCODED), maxLength: 20 });
/** Bytes beyond ASCII are refused by the parser of HTTP itself. */
const strayQuery = fc.string({ unit: fc.constantFrom(...UNENCODED, 'é', '\xff'), maxLength: 20 });

const headerValue = fc.string({
  unit: fc.constantFrom(...' !"(),-./:;<=>?@[]azAZ09{}~%é\xa0'),
  maxLength: 60,
});
const header: Arbitrary<[string, string]> = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'accept',
      'accept-encoding',
      'authorization',
      'content-encoding',
      'cookie',
      'forwarded',
      'if-none-match',
      'origin',
      'range',
      'traceparent',
      'x-ms-client-principal',
      'x-original-url',
    ),
    headerValue,
  ),
  fc.tuple(fc.stringMatching(/^x-[a-z0-9!#$&*+.^_|~-]{1,20}$/u), headerValue),
);

const method = fc.constantFrom(
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'NONSENSE',
);
const key = fc.oneof(
  { arbitrary: fc.constant(LOCAL_FUNCTION_KEY), weight: 9 },
  { arbitrary: headerValue, weight: 1 },
);

/** Requests of all kinds, most of them to an existing route and with the right key. */
export function randomRequests(pictures: readonly Whole[]): Arbitrary<RandomRequest> {
  const ownRequest = fc
    .record({
      route: ownRoute,
      query: fc.oneof(query, rawQuery),
      headers: fc.array(header, { maxLength: 4 }),
      key,
      sent: randomBodies(pictures),
      sending: sending(),
    })
    .map(
      ({ route, query, headers, key, sent, sending }): RandomRequest => ({
        method: route.method,
        path: query ? `${route.path}?${query}` : route.path,
        headers: [...headers, ['x-functions-key', key], ['content-type', sent.contentType]],
        body: route.method === 'POST' ? sent.body : undefined,
        sending,
        own: reachesApp(route, query) && (route.anonymous === true || key === LOCAL_FUNCTION_KEY),
      }),
    );
  const strayRequest = fc
    .record({
      method,
      segments: fc.array(segment, { maxLength: 4 }),
      below: fc.constantFrom('/', '/api/', '/api/predict/', '/runtime/', '//'),
      query: strayQuery,
      headers: fc.array(header, { maxLength: 4 }),
      sent: randomBodies(pictures),
      bodied: fc.boolean(),
    })
    .map(
      ({ method, segments, below, query, headers, sent, bodied }): RandomRequest => ({
        method,
        path: `${below}${segments.join('/')}?${query}`,
        headers: [...headers, ['x-functions-key', LOCAL_FUNCTION_KEY]],
        body: bodied ? sent.body : undefined,
        sending: 'whole',
        own: false,
      }),
    );
  return fc.oneof({ arbitrary: ownRequest, weight: 5 }, { arbitrary: strayRequest, weight: 1 });
}

/** The host itself refuses what is longer than 8 KB, and a NUL in a path. */
const reachesApp = ({ path }: Route, query: string): boolean =>
  path.length + query.length < 8_000 && !path.includes('%00');

const sending = (): Arbitrary<RandomRequest['sending']> =>
  fc.oneof(
    { arbitrary: fc.constant<RandomRequest['sending']>('whole'), weight: 17 },
    { arbitrary: fc.constant<RandomRequest['sending']>('chunked'), weight: 2 },
    { arbitrary: fc.constant<RandomRequest['sending']>('broken off'), weight: 1 },
  );
