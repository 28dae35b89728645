import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IdentityEndpoint } from '../../../local/identity/contract.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';
import { fetchSigningKeys } from '../../../src/identity/callers/openIdMetadata.ts';
import { answered, type RawServer, startRawServer } from '../../support/rawServer.ts';
import { rejection } from '../../support/secrets.ts';

let identity: IdentityEndpoint;
let server: RawServer;
let metadata: string;
let keySet: string;
beforeAll(async () => {
  [identity, server] = await Promise.all([startIdentityEndpoint(), startRawServer()]);
  const { authority, tenantId } = identity;
  const answer = await fetch(`${authority}/${tenantId}/.well-known/openid-configuration`);
  metadata = (await answer.text()).replaceAll(authority, server.url);
  keySet = JSON.stringify(identity.keySet);
});
afterAll(async () => {
  await server.close();
  await identity.close();
});

const HALF = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{';
const keys = (...answers: RawServer['answers']) => {
  server.answers = answers;
  const { tenantId } = identity;
  const silent = answers.some((each) => each === '' || each === HALF);
  const timeoutMs = silent ? 300 : 5_000; // a busy machine may take its time, silence always does
  return fetchSigningKeys(`${server.url}/${tenantId}/.well-known/openid-configuration`, tenantId, timeoutMs);
};

describe('the keys of callers’ tokens', () => {
  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ] as const)('are read where they come in %s, which nobody asked for', async (coding, code) => {
    const line = [`Content-Encoding: ${coding}`];
    const found = await keys(answered(200, code(metadata), line), answered(200, code(keySet), line));
    expect(found.keys.size).toBe(identity.keySet.keys.length);
  });

  it('are read after interim answers', async () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n';
    const found = await keys([interim, answered(200, metadata)], [interim, answered(200, keySet)]);
    expect(found.keys.size).toBe(identity.keySet.keys.length);
  });

  const page = () => answered(200, '<html>Sign in</html>', ['Content-Type: text/html']);
  it.each<[string, () => RawServer['answers'], RegExp]>([
    ['a page', () => [page()], /openid-configuration answered HTTP 200, but no JSON\.$/u],
    [
      'a page for the key set',
      () => [answered(200, metadata), page()],
      /keys answered HTTP 200, but no JSON\.$/u,
    ],
    ['a redirect', () => [answered(302, '', ['Location: /elsewhere'])], /answered HTTP 302\.$/u],
    [
      'a bomb',
      () => [answered(200, gzipSync(Buffer.alloc(20e6)), ['Content-Encoding: gzip'])],
      /answered more than 1,048,576 bytes/u,
    ],
    ['half an answer', () => [HALF], /answered HTTP 200, but not to its end in time\.$/u],
    ['no answer', () => [''], /did not answer in time\.$/u],
  ])('are missed, and told as what came, where the authority gives %s', async (_, answers, words) => {
    expect(await rejection(keys(...answers()))).toMatchObject({
      code: 'CallerKeysUnavailable',
      message: expect.stringMatching(words),
    });
  });
});
