import { HttpRequest, type HttpResponseInit, InvocationContext } from '@azure/functions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorBook, KeylessError } from '../../src/errors/errors.ts';
import { answering, problemResponse } from '../../src/http/problem.ts';

const ID = 'f3a1';
const bodyOf = (response: HttpResponseInit) => JSON.parse(String(response.body));
const logs: [string, string][] = [];
const context = () =>
  new InvocationContext({
    invocationId: ID,
    functionName: 'predictImage',
    logHandler: (level, ...args) => void logs.push([level, args.join(' ')]),
  });
const request = () => new HttpRequest({ url: 'https://app.example/api', method: 'GET' });
const answerOf = async (handler: () => Promise<HttpResponseInit>) =>
  (await answering(handler)(request(), context())) as HttpResponseInit;

describe('a problem', () => {
  it.each(Object.keys(errorBook) as ErrorCode[])(
    'of code %s has all that RFC 9457 and a reader want',
    (code) => {
      const response = problemResponse(new KeylessError(code, 'What happened.'), ID);
      const { status, title, fix } = errorBook[code];
      expect(response.status).toBe(status);
      expect(response.headers).toEqual({
        'content-type': 'application/problem+json; charset=utf-8',
        'cache-control': 'no-store',
        ...(code === 'ContentEncodingUnsupported' && { 'accept-encoding': 'identity' }),
        ...([401, 403].includes(status) &&
          code !== 'ImageUrlRefused' && { 'www-authenticate': expect.stringMatching(/^Bearer/u) }),
      });
      expect(bodyOf(response)).toEqual({
        type: expect.stringMatching(new RegExp(`/docs/errors\\.md#${code.toLowerCase()}$`, 'u')),
        title,
        status,
        detail: code === 'Unexpected' ? 'What it was stands in the app’s log.' : 'What happened.',
        code,
        fix,
        requestId: ID,
      });
    },
  );

  it.each([
    [0, '0'],
    [0.2, '1'],
    [7, '7'],
  ])('that mends itself in %d s says Retry-After: %s', (retryAfterSeconds, header) => {
    const response = problemResponse(new KeylessError('RateLimited', 'Slow.', { retryAfterSeconds }), ID);
    expect(response.headers).toMatchObject({ 'retry-after': header });
  });
});

describe('answering', () => {
  it('passes on what the handler answers', async () => {
    expect(await answerOf(async () => ({ status: 200, body: 'ok' }))).toEqual({ status: 200, body: 'ok' });
  });

  it('answers a problem for anything thrown, and never throws itself', async () => {
    const thrown = fc.oneof(
      fc.anything(),
      fc.string().map((message) => new Error(message)),
      fc
        .constantFrom(...(Object.keys(errorBook) as ErrorCode[]))
        .map((code) => new KeylessError(code, 'No.')),
    );
    await fc.assert(
      fc.asyncProperty(thrown, async (reason) => {
        const response = await answerOf(() => Promise.reject(reason));
        expect(bodyOf(response)).toMatchObject({ status: response.status, requestId: ID });
        expect(response.status).toBeGreaterThanOrEqual(400);
      }),
    );
  });

  it('answers a problem for a handler that throws at once or answers nothing', async () => {
    const throwing = () => {
      throw new Error('at once');
    };
    expect(await answerOf(throwing)).toMatchObject({ status: 500 });
    const silent = async () => undefined as unknown as HttpResponseInit;
    expect(await answerOf(silent)).toMatchObject({ status: 500 });
  });

  it('keeps what is unforeseen from the caller and tells it to the log', async () => {
    logs.length = 0;
    const response = await answerOf(() => Promise.reject(new Error('inner workings')));
    expect(JSON.stringify(response)).not.toContain('inner workings');
    expect(logs).toMatchObject([['error', expect.stringContaining('Unexpected: Error: inner workings')]]);
  });

  it.each<[ErrorCode, string]>([
    ['ImageMissing', 'information'],
    ['PermissionDenied', 'error'],
    ['VisionUnavailable', 'error'],
  ])('logs %s as %s', async (code, level) => {
    logs.length = 0;
    await answerOf(() => Promise.reject(new KeylessError(code, 'What happened.')));
    expect(logs).toMatchObject([[level, expect.stringContaining(`${code}: What happened.`)]]);
  });
});
