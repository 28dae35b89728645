import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { LOCAL_FUNCTION_KEY } from '../../local/stack.ts';
import { CANNED_ANSWER, documentOf, type Problem, useHost } from '../support/journeys.ts';
import { documented, type OpenapiDocument } from '../support/openapiAnswers.ts';
import { runs } from '../support/runs.ts';
import { plainRequests, type SchemaRequest, schemaRequests } from '../support/schemaRequests.ts';

const REQUESTS = runs(150);
const AT_ONCE = 30;
/** So many answers to GET are compared with that to HEAD. */
const ONE_IN = 4;
const NAMES = {
  model: ['fruit', 'fruit-boxes'],
  name: ['fruit/schema/apple.jpg', 'fruit/schema/text.jpg'],
};
const fast = { rate: 5_000 };
const app = useHost(
  { settings: { URL_HOSTS: 'pictures.example' } },
  { modelSettings: { fruit: fast, 'fruit-boxes': fast } },
);

it(`takes what the schemas allow and tells what it refuses, in ${REQUESTS} calls derived from the OpenAPI document`, {
  timeout: 240_000,
}, async () => {
  const document = (await (await fetch(`${app.host.url}/api/openapi.json`)).json()) as OpenapiDocument;
  const api = documented(document);
  const picture = new Uint8Array((await drawPicture(91_000_003, { size: 64 })).jpeg);
  await app.stack.uploader.drop('fruit/schema/apple.jpg', Buffer.from(picture));
  await app.stack.uploader.drop('fruit/schema/text.jpg', Buffer.from('no picture'));
  await Promise.all(NAMES.name.map((name) => documentOf(app.stack, name)));
  app.stack.prediction.faults.always(CANNED_ANSWER);
  let asked = 0;
  let taken = 0;

  const ask = async (request: SchemaRequest) => {
    const { path, method, address } = request;
    const answer = await send(app.host.url, request, picture);
    asked += 1;
    if (method === 'get' && asked % ONE_IN === 0) {
      const head = await send(app.host.url, { ...request, method: 'HEAD' });
      const others = ([name]: [string, string]) => name !== 'date';
      expect([head.status, await head.text()]).toEqual([answer.status, '']);
      expect([...head.headers].filter(others)).toEqual([...answer.headers].filter(others));
    }
    const body = (await api.check(path, method, answer)) as Partial<Problem>;
    const [parameter] = refused(request);
    const told = [address, answer.status, body];
    if (parameter === undefined) expect(told).toEqual([address, expect.not.toSatisfy(isFault), body]);
    else {
      const detail = expect.stringMatching(new RegExp(`\\b${parameter}\\b`, 'iu'));
      const fix = expect.stringMatching(/\b(?:query|value|cursor)\b/u);
      expect(told).toEqual([address, 400, expect.objectContaining({ code: 'RequestInvalid', detail, fix })]);
    }
    if (answer.status === 200) taken += 1;
    return answer.status;
  };
  for (const plain of plainRequests(document, NAMES)) {
    const { path, method } = plain;
    // of two models one has to be named
    expect([method, path, await ask(plain)]).toEqual([method, path, path === '/predict' ? 404 : 200]);
  }
  [asked, taken] = [0, 0];
  const batch = fc.array(schemaRequests(api, document, NAMES), { minLength: AT_ONCE, maxLength: AT_ONCE });
  await fc.assert(
    fc.asyncProperty(batch, async (requests) => void (await Promise.all(requests.map(ask)))),
    { numRuns: REQUESTS / AT_ONCE, endOnFailure: true },
  );
  expect(asked).toBe(REQUESTS);
  expect(taken).toBeGreaterThan(REQUESTS / 10); // by far: what is drawn is not just refused
});

/** Of a call whose values the schemas allow. */
const isFault = (status: number): boolean => status === 400 || status >= 500;

/** The query parameters that a call is refused for: of wrong values, or that go with others only, as their words tell. */
function refused({ path, wrong, query }: SchemaRequest): string[] {
  if (wrong.length > 0) return wrong;
  if (path === '/predictions' && query.cursor) return ['cursor']; // none of an answer
  const drawn = query.format === 'svg' || query.format === 'png';
  return path === '/predictions/{name}' && query.threshold && !drawn ? ['threshold'] : [];
}

function send(
  url: string,
  { method, address, contentType }: SchemaRequest,
  picture?: Uint8Array<ArrayBuffer>,
) {
  const form = new FormData();
  if (picture) form.append('picture', new Blob([picture]), 'picture.jpg');
  const bodies: Record<string, NonNullable<RequestInit['body']>> = {
    'multipart/form-data': form,
    'application/json': JSON.stringify({ url: 'https://pictures.example/a.jpg' }),
  };
  const body = contentType && (bodies[contentType] ?? picture);
  const type = body === form ? undefined : contentType;
  return fetch(`${url}/api${address}`, {
    method: method.toUpperCase(),
    headers: { 'x-functions-key': LOCAL_FUNCTION_KEY, ...(type && { 'content-type': type }) },
    ...(body && { body }),
  });
}
