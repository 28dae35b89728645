import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { USER_ASSIGNED_WITHOUT_RIGHTS } from '../../local/identity/identities.ts';
import { DEFAULT_PROJECT_ID } from '../../local/prediction/models.ts';
import { type Parts, startParts } from '../local/prediction/parts.ts';
import { bitmap } from '../pictures/files.ts';
import { type HttpCall, loadFunctions, type Registered } from '../support/registeredFunctions.ts';
import { expectNoToken } from '../support/secrets.ts';

const PICTURE = bitmap(32, 24);

let parts: Parts;
let app: Registered;
beforeAll(async () => {
  parts = await startParts();
  const at = (task: string, publishedName: string) => ({
    url: `${parts.server.url}/customvision/v3.1/Prediction/${DEFAULT_PROJECT_ID}/${task}/iterations/${encodeURIComponent(publishedName)}/image`,
  });
  app = await loadFunctions({
    ...parts.identity.environment,
    ImageStorage: 'UseDevelopmentStorage=true',
    URL_HOSTS: 'pictures.example',
    VISION_MODELS: JSON.stringify({
      default: at('classify', 'fruit'),
      boxes: { ...at('detect', 'fruit boxes'), threshold: 0.8 },
    }),
  });
});
afterAll(() => parts.close());
beforeEach(() => {
  parts.server.reset();
  app.logs.length = 0;
});

const predict = (call: HttpCall = {}) =>
  app.http('predictImage', { body: PICTURE, headers: { 'content-type': 'image/bmp' }, ...call });

describe('POST /api/predict', () => {
  it('is registered for callers with a function key, with the model in its route', () => {
    expect(app.bindings('predictImage')[0]).toMatchObject({
      type: 'httpTrigger',
      authLevel: 'function',
      methods: ['POST'],
      route: 'predict/{model?}',
    });
  });

  it('answers the prediction document of the picture in the body', async () => {
    const { status, headers, json } = await predict();
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(json).toMatchObject({
      status: 'succeeded',
      image: { contentType: 'image/bmp', bytes: PICTURE.length, width: 32, height: 24 },
      results: [
        {
          model: 'default',
          projectId: DEFAULT_PROJECT_ID,
          publishedName: 'fruit',
          task: 'classify',
          threshold: 0.5,
          predictions: [{ tagName: 'pear', probability: 0.75 }],
          accepted: [{ tagName: 'pear' }],
          attempts: 1,
        },
      ],
    });
    expect(JSON.stringify(json)).not.toContain('"error"');
  });

  it('holds no memory while the service is waited for: large bodies are asked about side by side', async () => {
    const large = Buffer.concat([PICTURE, Buffer.alloc(5 * 2 ** 20)]);
    const headers = { 'content-type': 'image/bmp', 'content-length': String(large.length) };
    await predict({ body: large, headers }); // loads the converter
    parts.server.faults.latencyMs = 1_500;
    const started = performance.now();
    const answers = await Promise.all(Array.from({ length: 4 }, () => predict({ body: large, headers })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(performance.now() - started).toBeLessThan(4 * 1_500);
  });

  it('sends the picture to the model named in the route', async () => {
    const { json } = await predict({ params: { model: 'boxes' } });
    expect(json).toMatchObject({
      results: [{ model: 'boxes', task: 'detect', threshold: 0.8, accepted: [] }],
    });
  });

  it.each([
    ['0', 1],
    ['.75', 1],
    ['0.751', 0],
    ['1', 0],
  ])('takes the threshold %s', async (threshold, accepted) => {
    const { json } = await predict({ query: { threshold } });
    expect(json).toMatchObject({ results: [{ threshold: Number(threshold) }] });
    expect((json as unknown as { results: { accepted: unknown[] }[] }).results[0]?.accepted).toHaveLength(
      accepted,
    );
  });

  it.each([
    ['threshold', '1.01'],
    ['threshold', '-0.1'],
    ['threshold', 'high'],
    ['threshold', 'NaN'],
    ['threshold', '1e1'],
    ['threshold', '0x1'],
    ['top', '0'],
    ['top', '1.5'],
    ['top', '1001'],
    ['top', 'Infinity'],
  ])('refuses the query %s=%s, before anything is sent', async (name, value) => {
    const { status, json } = await predict({ query: { [name]: value } });
    expect({ status, json }).toMatchObject({ status: 400, json: { code: 'RequestInvalid' } });
    expect(parts.server.requests).toHaveLength(0);
  });

  it('shows only as many predictions as asked for', async () => {
    const { json } = await predict({ query: { top: '1' } });
    expect(json).toMatchObject({ results: [{ predictions: [{ tagName: 'pear' }] }] });
  });

  it('takes a url of an allowed host, and keeps its query out of the answer', async () => {
    const url = 'https://pictures.example/a.jpg?sig=secret';
    parts.server.faults.next({
      status: 200,
      body: JSON.stringify({ id: 'i', iteration: 'j', predictions: [] }),
    });
    const { status, json } = await predict({
      body: JSON.stringify({ url }),
      headers: { 'content-type': 'application/json' },
    });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { image: { url: 'https://pictures.example/a.jpg' } },
    });
    expect(JSON.stringify(json)).not.toContain('secret');
    expect(parts.server.requests).toMatchObject([{ source: 'url' }]);
  });

  it.each<[string, HttpCall, number, string]>([
    ['an unknown model', { params: { model: 'nuts' } }, 404, 'ModelUnknown'],
    ['an empty body', { body: '' }, 400, 'ImageMissing'],
    ['a text', { body: 'hello, this is no picture' }, 415, 'ImageTypeUnsupported'],
    ['half a picture', { body: PICTURE.subarray(0, 500) }, 422, 'ImageTruncated'],
    [
      'a url of a stranger',
      { body: '{"url":"https://x.example/"}', headers: { 'content-type': 'application/json' } },
      403,
      'ImageUrlRefused',
    ],
  ])('refuses %s at the door', async (_, call, status, code) => {
    const response = await predict(call);
    expect(response).toMatchObject({ status, json: { status, code, requestId: 'invocation-1' } });
    expect(parts.server.requests).toHaveLength(0);
  });

  it('refuses a picture over 32 MiB with its size', async () => {
    const { status, json } = await predict({ body: Buffer.concat([PICTURE, Buffer.alloc(33_600_000)]) });
    expect({ status, json }).toMatchObject({
      status: 413,
      json: { detail: expect.stringContaining('33,602,3') },
    });
  });

  it('takes a JPEG in a form', async () => {
    const jpeg = await sharp(
      await sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    )
      .jpeg()
      .toBuffer();
    const head = '--x\r\ncontent-disposition: form-data; name="f"; filename="f.jpg"\r\n\r\n';
    const { json } = await predict({
      body: Buffer.concat([Buffer.from(head), jpeg, Buffer.from('\r\n--x--\r\n')]),
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    });
    expect(json).toMatchObject({
      status: 'succeeded',
      image: { contentType: 'image/jpeg', width: 20, height: 10 },
    });
  });

  it('answers whose turn it is when the identity has no role, and shows no token anywhere', async () => {
    parts.identity.assignments.revoke(
      parts.identity.identities[0]?.objectId ?? '',
      'keyless-vision-prediction',
    );
    const { status, json } = await predict();
    parts.identity.reset();
    expect({ status, json }).toMatchObject({
      status: 502,
      json: { code: 'PermissionDenied', fix: expect.stringContaining('az role assignment create') },
    });
    expect(JSON.stringify(json)).not.toContain(USER_ASSIGNED_WITHOUT_RIGHTS.objectId);
    expect(app.logs).toMatchObject([{ level: 'error', message: expect.stringContaining('Fix: az role') }]);
    expectNoToken({ json, logs: app.logs });
  });

  // the last one: the app then leaves the account in peace
  it('answers a problem with Retry-After when the account is too busy for long', async () => {
    parts.server.faults.always({ status: 429, headers: { 'retry-after': '90' } });
    const { status, headers, json } = await predict();
    expect({ status, headers, json }).toMatchObject({
      status: 429,
      headers: { 'retry-after': '90', 'content-type': 'application/problem+json; charset=utf-8' },
      json: { code: 'RateLimited' },
    });
  });
});

describe('GET /api/health', () => {
  it('is open to anybody, says that all is well and nothing else', async () => {
    expect(app.bindings('health')[0]).toMatchObject({
      authLevel: 'anonymous',
      methods: ['GET', 'HEAD'],
      route: 'health',
    });
    expect(await app.http('health', {})).toMatchObject({ status: 200, json: { status: 'healthy' } });
  });
});

describe('the app', () => {
  it('asked for one token in all of this', () => {
    expect(parts.identity.count()).toBeLessThanOrEqual(1);
  });
});
