import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { picture } from '../local/prediction/parts.ts';
import { answered, type RawServer, startRawServer } from '../support/rawServer.ts';
import { rejection } from '../support/secrets.ts';
import { clientOf, modelAt } from '../support/visionParts.ts';

const PREDICTION = JSON.stringify({
  id: '3c2b1a09-8f7e-4d6c-8b5a-493827160504',
  iteration: '3c2b1a09-8f7e-4d6c-8b5a-493827160505',
  predictions: [{ tagId: '0d7c9a34-5b1e-4f6a-9c8d-7e6f5a4b3c21', tagName: 'pear', probability: 0.75 }],
});
const DENIED = JSON.stringify({
  error: { code: 'PermissionDenied', message: 'Principal does not have access to API/Operation.' },
});
/** For several attempts, on a busy machine. */
const BUDGET = { total: 15_000, attempt: 5_000, firstWait: 5 };
/** No second attempt fits into it. */
const ONCE = { total: 6_000, attempt: 6_000, firstWait: 6_000 };
const credential = { getToken: async () => ({ token: 'a.b.c', expiresOnTimestamp: Date.now() + 3_600_000 }) };

let server: RawServer;
beforeAll(async () => {
  server = await startRawServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
});

const predict = (answers: RawServer['answers'], budget = BUDGET) => {
  server.answers = answers;
  return clientOf(credential).predict(modelAt(server.url), { bytes: picture() }, budget);
};

describe('Custom Vision that answers as HTTP allows', () => {
  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ] as const)(
    'in %s, which nobody asked for, is understood: predictions and refusals',
    async (coding, code) => {
      const line = [`Content-Encoding: ${coding}`];
      const { value } = await predict([answered(200, code(PREDICTION), line)]);
      expect(value.predictions).toMatchObject([{ tagName: 'pear' }]);
      const refused = await rejection(predict([answered(401, code(DENIED), line)]));
      expect(refused).toMatchObject({ code: 'PermissionDenied' });
      expect(server.requests).toHaveLength(2);
    },
  );

  it.each(['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n'])(
    'after %j, which nobody asked for, is paid once',
    async (interim) => {
      const { attempts, value } = await predict([[interim, answered(200, PREDICTION)]]);
      expect({ attempts, paid: server.requests.length }).toEqual({ attempts: 1, paid: 1 });
      expect(value.predictions).toHaveLength(1);
    },
  );

  it('with two times to wait is waited for the longer one', async () => {
    const lines = ['Retry-After: 1', 'Retry-After: 40'];
    const refused = await rejection(predict([answered(429, '', lines)]));
    expect(refused).toMatchObject({ code: 'RateLimited', retryAfterSeconds: 40, attempts: 1 });
  });
});

describe('an answer in place of Custom Vision’s', () => {
  it.each<[string, Buffer]>([
    ['that would be a gigabyte', answered(200, gzipSync(Buffer.alloc(50e6)), ['Content-Encoding: gzip'])],
    ['in no coding that there is', answered(200, 'x', ['Content-Encoding: gzip'])],
    ['by another protocol', Buffer.from('SSH-2.0-OpenSSH_9.6\r\n\r\n')],
  ])('%s is told as none of Custom Vision’s', async (_, answer) => {
    const refused = await rejection(predict([answer], ONCE));
    expect(refused).toMatchObject({ code: 'VisionAnswerInvalid', transient: true });
  });

  it('that sends the token elsewhere is not followed', async () => {
    const elsewhere = answered(307, '', [`Location: ${server.url}/elsewhere`]);
    expect(await rejection(predict([elsewhere], ONCE))).toMatchObject({ code: 'VisionAnswerInvalid' });
    expect(server.requests).toHaveLength(1);
  });
});
