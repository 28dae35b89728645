import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { LOCAL_FUNCTION_KEY } from '../../local/stack.ts';
import { runGeneratedClient } from '../support/generatedClient.ts';
import { documentOf, post, useHost } from '../support/journeys.ts';
import { type Documented, documented, type OpenapiDocument } from '../support/openapiAnswers.ts';

/** UPDATE_OPENAPI=1 writes the examples anew, from what is answered here. */
const UPDATE = process.env.UPDATE_OPENAPI === '1';
const EXAMPLES = new URL('../../src/http/openapi/examples.json', import.meta.url);

const app = useHost({ settings: { URL_HOSTS: 'pictures.example' } });
let document: OpenapiDocument;
let api: Documented;
beforeAll(async () => {
  document = (await (await fetch(`${app.host.url}/api/openapi.json`)).json()) as OpenapiDocument;
  api = documented(document);
});

const bytes = (buffer: Buffer) => new Uint8Array(buffer);
const apple = async () => bytes((await drawPicture(91_000_001, { tagNames: ['apple'], size: 320 })).jpeg);
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${app.host.url}/api${path}`, { headers: { 'x-functions-key': LOCAL_FUNCTION_KEY, ...headers } });

const predicted = async (sent: Partial<Parameters<typeof post>[1]> = {}) => {
  const answer = await post(app.host, { body: await apple(), ...sent });
  return api.check(sent.model === '' ? '/predict' : '/predict/{model}', 'post', answer);
};
const read = async (path: string, headers?: Record<string, string>) =>
  api.check('/predictions/{name}', 'get', await get(`/predictions/${path}`, headers));
const listed = async (query: string) => api.check('/predictions', 'get', await get(`/predictions${query}`));

describe('a client generated from the document', () => {
  it('compiles, predicts a picture, reads its document and knows a problem by its code', async () => {
    const name = 'fruit/openapi/client.jpg';
    await app.stack.uploader.drop(name, Buffer.from(await apple()));
    await documentOf(app.stack, name);
    const file = new URL('../../local/samples/pictures/apple.jpg', import.meta.url).pathname;
    const said = await runGeneratedClient(document, `${app.host.url}/api`, LOCAL_FUNCTION_KEY, file, name);
    expect(said).toEqual({ tag: 'apple', threshold: 1e-7, name, code: 'NotFound' });
  });
});

describe('what the app answers is what the OpenAPI document says', () => {
  const kept: Record<string, unknown> = {};
  const problems: Record<string, unknown> = {};
  const keepProblem = (body: unknown) => {
    const { code } = body as { code: string };
    problems[code] = body;
    return code;
  };

  it('for predictions', async () => {
    kept.classified = await predicted({ query: '?top=3' });
    const { jpeg } = await drawPicture(91_000_002, { count: 2 });
    kept.detected = await predicted({ body: bytes(jpeg), model: 'fruit-boxes', query: '?top=2' });
    const form = new FormData();
    form.append('picture', new File([await apple()], 'apple.jpg', { type: 'image/jpeg' }));
    await predicted({ body: form });
  });

  it.each([
    ['ImageMissing', { body: '' }],
    ['RequestInvalid', { query: '?threshold=2' }],
    [
      'ImageUrlRefused',
      { body: '{"url":"https://example.org/a.jpg"}', headers: { 'content-type': 'application/json' } },
    ],
    ['ModelUnknown', { model: '' }],
    ['ModelUnknown', { model: 'pears' }],
    ['ImageTypeUnsupported', { body: 'no picture' }],
  ])('for the problem %s', async (code, sent) => {
    expect(keepProblem(await predicted(sent))).toBe(code);
  });

  it('for a picture that is cut off or too large, and for a key that is missing', async () => {
    const large = Buffer.concat([await apple(), Buffer.alloc(33 * 1024 * 1024)]);
    expect(keepProblem(await predicted({ body: bytes(large) }))).toBe('ImageTooLarge');
    expect(keepProblem(await predicted({ body: (await apple()).slice(0, 3000) }))).toBe('ImageTruncated');
    expect((await post(app.host, { body: await apple(), key: null })).status).toBe(401);
    expect((await get('/predictions', { 'x-functions-key': 'wrong' })).status).toBe(401);
  });

  it.each([
    [
      'ModelNotPublished',
      { status: 404, body: '{"code":"NotFoundIteration","message":"Iteration not found."}' },
    ],
    [
      'QuotaExceeded',
      { status: 403, body: '{"error":{"code":"403","message":"Out of call volume quota."}}' },
    ],
  ])('for trouble of the service: %s', async (code, fault) => {
    app.stack.prediction.faults.next({ contentType: 'application/json', ...fault });
    expect(keepProblem(await predicted())).toBe(code);
  });

  it('for documents of dropped pictures', async () => {
    await app.stack.uploader.drop('fruit/openapi/apple.jpg', Buffer.from(await apple()));
    await app.stack.uploader.drop('fruit/openapi/text.jpg', Buffer.from('no picture'));
    await Promise.all(['apple', 'text'].map((name) => documentOf(app.stack, `fruit/openapi/${name}.jpg`)));
    await read('fruit%2Fopenapi%2Fapple.jpg');
    await read('fruit/openapi/apple.jpg?format=svg');
    await read('fruit/openapi/apple.jpg?format=png');
    kept.failed = await read('fruit/openapi/text.jpg');
    keepProblem(await read('fruit/openapi/text.jpg?format=png'));
    keepProblem(await read('fruit/openapi/unknown.jpg'));
    await read('fruit/openapi/apple.jpg?format=jpg');
    const { headers } = await get('/predictions/fruit/openapi/apple.jpg');
    await read('fruit/openapi/apple.jpg', { 'if-none-match': headers.get('etag') ?? '' });
    kept.listing = await listed('?prefix=fruit/openapi/&top=1');
    await listed('?cursor=broken');

    app.stack.prediction.faults.next({ status: 429, headers: { 'retry-after': '1' } });
    await app.stack.uploader.drop('fruit/openapi/soon.jpg', Buffer.from(await apple()));
    kept.pending = await read('fruit/openapi/soon.jpg');
    await documentOf(app.stack, 'fruit/openapi/soon.jpg');
  });

  it('for the app itself', async () => {
    kept.models = await api.check('/models', 'get', await get('/models'));
    kept.healthy = await api.check('/health', 'get', await get('/health'));
    const own = await get('/openapi.json');
    await api.check('/openapi.json', 'get', own);
    const again = await get('/openapi.json', { 'if-none-match': own.headers.get('etag') ?? '' });
    await api.check('/openapi.json', 'get', again);
    await api.check('/ui', 'get', await get('/ui'));
    for (const path of ['/health', '/openapi.json', '/ui', '/models', '/predictions']) {
      await api.check(path, 'get', await fetch(`${app.host.url}/api${path}`, { method: 'POST' }));
    }
  });

  it('for a service that wants to be left alone', async () => {
    // after this the app does leave it alone, so nothing may come behind
    app.stack.prediction.faults.next({ status: 429, headers: { 'retry-after': '600' } });
    expect(keepProblem(await predicted())).toBe('RateLimited');
  });

  it('and nothing is documented that no test has seen', () => {
    // 401 is the platform’s with function keys, and its own answers come without a type; these take an operator’s mistake
    // or a long outage, and the test of the document holds the problem of each code against it
    const elsewhere =
      / (401|403|413|422|429|50[0-4]) application\/problem\+json$|^predict (200|400|415) | [45]\d\d$/u;
    expect(api.unseen().filter((answer) => !elsewhere.test(answer))).toEqual([]);
  });

  it('and its examples are answers of this kind', async () => {
    if (UPDATE) {
      await writeFile(EXAMPLES, withOtherNames(JSON.stringify({ ...kept, problems })));
      await promisify(execFile)('npx', ['biome', 'check', '--write', fileURLToPath(EXAMPLES)]);
    }
    const committed = JSON.parse(await readFile(EXAMPLES, 'utf8'));
    expect(Object.keys(committed).toSorted()).toEqual([...Object.keys(kept), 'problems'].toSorted());
    expect(Object.keys(committed.problems).toSorted()).toEqual(Object.keys(problems).toSorted());
  });
});

const withOtherNames = (text: string): string =>
  text.replaceAll('fruit-boxes', 'trees').replaceAll('fruit', 'orchard');
