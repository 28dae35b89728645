import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCredential } from '../../src/identity/credential.ts';
import { answered, type RawServer, startRawServer } from '../support/rawServer.ts';
import { expectNoToken, rejection } from '../support/secrets.ts';

// MSAL keeps the endpoint for the whole process: one raw server for this file, a resource of its own for each test.
let server: RawServer;
let scope: string;
beforeAll(async () => {
  server = await startRawServer();
  Object.assign(process.env, { IDENTITY_ENDPOINT: `${server.url}/msi/token`, IDENTITY_HEADER: '8f1b' });
});
afterAll(() => server.close());
beforeEach(({ task }) => {
  server.requests.length = 0;
  scope = `api://${task.id}/.default`;
});

const HOUR = () => Math.floor(Date.now() / 1000) + 3_600;
const token = () =>
  JSON.stringify({ access_token: 'a.b.c', expires_on: String(HOUR()), token_type: 'Bearer' });
const HALF = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{';
const ask = (...answers: RawServer['answers']) => {
  server.answers = answers;
  // MSAL keeps the first client of the process, and so its patience
  return createCredential({ kind: 'systemAssigned' }, { timeoutMs: 1_500 }).getToken(scope);
};

describe('an identity endpoint', () => {
  it.each<[string, () => RawServer['answers'][number]]>([
    ['in gzip', () => answered(200, gzipSync(token()), ['Content-Encoding: gzip'])],
    ['in br', () => answered(200, brotliCompressSync(token()), ['Content-Encoding: br'])],
    ['after 100 Continue', () => ['HTTP/1.1 100 Continue\r\n\r\n', answered(200, token())]],
  ])('is understood that answers %s, which nobody asked for', async (_, answer) => {
    expect(await ask(answer())).toMatchObject({ token: 'a.b.c' });
    expect(server.requests).toHaveLength(1);
  });

  const html = ['Content-Type: text/html'];
  it.each<[string, () => RawServer['answers'][number], RegExp]>([
    [
      'a page',
      () => answered(200, '<html>Sign in</html>', html),
      /answered HTTP 200 with something that is not its own\.$/u,
    ],
    [
      'a page of refusal',
      () => answered(403, '<html>No</html>', html),
      /answered HTTP 403 with something that is not its own\.$/u,
    ],
    ['JSON without a token', () => answered(200, '{"ok":true}'), /answered HTTP 200, but with no token\.$/u],
    [
      'JSON that is cut off',
      () => answered(200, '{"access_token":"eyJ'),
      /answered HTTP 200 with something that is not its own\.$/u,
    ],
    [
      'an empty token',
      () => answered(200, JSON.stringify({ access_token: '', expires_on: '4000000000' })),
      /answered HTTP 200, but with no token\.$/u,
    ],
    [
      'a redirect',
      () => answered(307, '', ['Location: /elsewhere']),
      /answered HTTP 307 with something that is not its own\.$/u,
    ],
    ['half an answer', () => HALF, /answered HTTP 200, but not to its end in time\.$/u],
    [
      'a bomb',
      () => answered(200, gzipSync(Buffer.alloc(20e6)), ['Content-Encoding: gzip']),
      /answered more than 262,144 bytes/u,
    ],
    ['no HTTP', () => 'SSH-2.0-OpenSSH_9.6\r\n\r\n', /answered, but not by HTTP\.$/u],
    ['nothing in time', () => '', /did not answer in time\.$/u],
  ])('that gives %s is told as one that does, and asked once', async (_, answer, words) => {
    const fault = await rejection(ask(answer()));
    expect(fault).toMatchObject({
      code: 'IdentityEndpointFailing',
      transient: true,
      message: expect.stringMatching(words),
    });
    expectNoToken(fault);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatch(/^GET \/msi\/token\?/u);
  });

  it.each([
    JSON.stringify({ statusCode: 400, message: 'No User Assigned or Delegated Managed Identity found' }),
    JSON.stringify({ error: 'invalid_request', error_description: 'Identity not found' }),
  ])('that refuses is told in its own words: %s', async (body) => {
    expect(await rejection(ask(answered(400, body)))).toMatchObject({
      code: 'IdentityRefused',
      message: expect.stringMatching(/answered HTTP 400 \((?:No User|Identity not found)/u),
    });
  });

  it('that refuses with JSON of somebody else may mend itself', async () => {
    expect(await rejection(ask(answered(400, '{}')))).toMatchObject({ code: 'IdentityEndpointFailing' });
  });
});
