import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, createAsk } from '../../src/outbound/ask.ts';
import { LONGEST_BLOCK_MS, longestBlock } from '../support/longestBlock.ts';
import { answered, type RawServer, startRawServer } from '../support/rawServer.ts';
import { rejection } from '../support/secrets.ts';

const MOST = 64 * 1024;
const BEGUN = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":';
const TEXT = JSON.stringify({ words: 'früchte '.repeat(200) });
const ask = createAsk(() => undefined);
let server: RawServer;
beforeAll(async () => {
  server = await startRawServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.answers = [];
  server.requests.length = 0;
});

const get = (...answers: RawServer['answers']): Promise<Answer> => {
  server.answers = answers;
  // a busy machine may take its time, silence always does
  const silent = answers.some((each) => each === '' || each === BEGUN);
  return ask(server.url, { signal: AbortSignal.timeout(silent ? 500 : 5_000), mostBytes: MOST });
};
const chunked = (body: Buffer, ...headers: string[]): Buffer =>
  Buffer.concat([
    Buffer.from(`${['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', ...headers].join('\r\n')}\r\n\r\n`),
    Buffer.from(`${body.length.toString(16)}\r\n`),
    body,
    Buffer.from('\r\n0\r\n\r\n'),
  ]);

describe('a content coding that nobody asked for', () => {
  it.each<[string, (text: string) => Buffer]>([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity', Buffer.from],
    ['gzip, br', (text) => brotliCompressSync(gzipSync(text))],
    ['utf-8', Buffer.from],
  ])('%s is taken off, whatever the status', async (coding, code) => {
    const line = `Content-Encoding: ${coding}`;
    expect(await get(answered(200, code(TEXT), [line]))).toMatchObject({ status: 200, text: TEXT });
    expect(await get(answered(401, code(TEXT), [line]))).toMatchObject({ status: 401, text: TEXT });
    expect(await get(chunked(code(TEXT), line))).toMatchObject({ text: TEXT });
  });

  it('may stand in several lines, and on an answer without a body', async () => {
    const twice = ['Content-Encoding: gzip', 'Content-Encoding: br'];
    expect(await get(answered(200, brotliCompressSync(gzipSync(TEXT)), twice))).toMatchObject({ text: TEXT });
    expect(await get(answered(401, '', ['Content-Encoding: gzip']))).toMatchObject({ status: 401, text: '' });
  });

  it.each<[string, Buffer, string]>([
    ['what is no gzip', Buffer.from('{}'), 'gzip'],
    ['gzip that is cut off', gzipSync(TEXT).subarray(0, 40), 'gzip'],
    ['what is no br', Buffer.from('nothing of the kind'), 'br'],
    ['more codings than anybody uses', Buffer.from('{}'), 'gzip,gzip,gzip,gzip,gzip,gzip'],
  ])('is told as unreadable with %s', async (_, body, coding) => {
    const failure = await rejection(get(answered(200, body, [`Content-Encoding: ${coding}`])));
    expect(failure).toMatchObject({
      ending: 'foreign',
      message: expect.stringMatching(/^answered what cannot be decoded \(\w+\)$/u),
    });
  });
});

describe('an answer that is too long', () => {
  const long = 'x'.repeat(MOST + 1);
  it.each<[string, () => Buffer]>([
    ['as it is announced', () => answered(200, long)],
    ['as it comes', () => chunked(Buffer.from(long))],
    ['with gzip in which it is short', () => answered(200, gzipSync(long), ['Content-Encoding: gzip'])],
    ['with br in which it is short', () => answered(200, brotliCompressSync(long), ['Content-Encoding: br'])],
    [
      'between two codings',
      () => answered(200, gzipSync(gzipSync('x'.repeat(30e6))), ['Content-Encoding: gzip, gzip']),
    ],
  ])('%s is not read', async (_, answer) => {
    const failure = await rejection(get(answer()));
    expect(failure).toMatchObject({
      ending: 'foreign',
      message: expect.stringMatching(/more than 65,536 bytes/u),
    });
  });

  it('holds up nobody and takes no memory, be it a hundred megabytes in gzip', async () => {
    const bomb = answered(200, gzipSync(Buffer.alloc(100e6)), ['Content-Encoding: gzip']);
    expect(await longestBlock(() => rejection(get(bomb)))).toBeLessThan(LONGEST_BLOCK_MS);
  });

  it('may have as many bytes as it may', async () => {
    const fits = 'x'.repeat(MOST);
    for (const answer of [answered(200, fits), chunked(Buffer.from(fits))])
      expect((await get(answer)).text).toHaveLength(MOST);
    const coded = answered(200, gzipSync(fits), ['Content-Encoding: gzip']);
    expect((await get(coded)).text).toHaveLength(MOST);
  });
});

describe('an interim answer', () => {
  const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
  const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n';
  it.each<[string, string | string[]]>([
    ['100 Continue', CONTINUE],
    ['100 Continue with fields', 'HTTP/1.1 100 Continue\r\nServer: x\r\n\r\n'],
    ['100 Continue of HTTP/1.0', 'HTTP/1.0 100 Continue\r\n\r\n'],
    ['100 without a word', 'HTTP/1.1 100\r\n\r\n'],
    ['103 Early Hints', HINTS],
    ['103 that closes', 'HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n'],
    ['102 and 103 and 100', `HTTP/1.1 102 Processing\r\n\r\n${HINTS}${CONTINUE}`],
    ['a hundred of them', CONTINUE.repeat(100)],
    ['100 Continue, letter by letter', [...CONTINUE]],
  ])('that nobody asked for is passed over: %s', async (_, interim) => {
    const pieces = [interim].flat();
    for (const answer of [
      [...pieces, answered(200, TEXT)],
      [...pieces.slice(0, -1), Buffer.concat([Buffer.from(pieces.at(-1) ?? ''), answered(200, TEXT)])],
    ]) {
      expect(await get(answer)).toMatchObject({ status: 200, text: TEXT });
    }
    expect(server.requests).toHaveLength(2);
  });

  it('does not end the connection', async () => {
    await get([CONTINUE, answered(200, TEXT)]);
    const before = server.connections;
    for (let sent = 0; sent < 5; sent += 1) await get([CONTINUE, answered(200, TEXT)]);
    expect(server.connections).toBe(before);
  });

  it('is not looked for within an answer', async () => {
    const body = `${CONTINUE}${CONTINUE}`;
    const [head, rest] = [answered(200, body).subarray(0, -body.length), Buffer.from(body)];
    expect(await get([head, rest])).toMatchObject({ text: body });
    expect(await get(answered(200, TEXT))).toMatchObject({ text: TEXT });
  });

  it('that switches protocols is none, and no answer', async () => {
    const failure = await rejection(
      get('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    );
    expect(failure).toMatchObject({ ending: 'connection' });
  });

  it('makes no difference, wherever the pieces of an answer end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(CONTINUE, HINTS), { maxLength: 2 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 4 }),
        async (interims, cuts) => {
          const whole = Buffer.concat([Buffer.from(interims.join('')), answered(200, '{"a":1}')]);
          const places = [
            0,
            ...cuts.filter((cut) => cut < whole.length).toSorted((a, b) => a - b),
            whole.length,
          ];
          const pieces = places.slice(1).map((to, index) => whole.subarray(places[index], to));
          expect(await get(pieces)).toMatchObject({ status: 200, text: '{"a":1}' });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('an answer', () => {
  it('that sends elsewhere is an answer: nobody follows', async () => {
    const elsewhere = answered(307, '', [`Location: ${server.url}/elsewhere`]);
    expect(await get(elsewhere)).toMatchObject({
      status: 307,
      headers: { location: `${server.url}/elsewhere` },
    });
    expect(server.requests).toEqual(['GET / HTTP/1.1']);
  });

  it.each<[string, RawServer['answers'][number], object]>([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n', { ending: 'foreign', message: 'answered, but not by HTTP' }],
    [
      'one that breaks off',
      [BEGUN, null],
      { ending: 'cut', message: expect.stringMatching(/^answered HTTP 200 and broke off/u) },
    ],
    [
      'one without an end',
      BEGUN,
      { ending: 'silence', message: expect.stringMatching(/HTTP 200, but not to its end/u) },
    ],
    ['none', '', { ending: 'silence', message: 'did not answer in time' }],
    ['a closed door', [null], { ending: 'connection', message: 'did not answer (UND_ERR_SOCKET)' }],
  ])('is told as what it is: %s', async (_, answer, expected) => {
    expect(await rejection(get(answer))).toMatchObject(expected);
  });

  it('that nobody gives, since nobody is there, is told so', async () => {
    const failure = await rejection(ask('http://127.0.0.1:1/', { mostBytes: MOST }));
    expect(failure).toMatchObject({ ending: 'connection', message: 'did not answer (ECONNREFUSED)' });
  });
});

describe('the time in Retry-After', () => {
  it.each<[string[], string | undefined]>([
    [['Retry-After: 7'], '7'],
    [['Retry-After: 5', 'Retry-After: 7'], '7'],
    [['Retry-After: 7', 'retry-after: 5'], '7'],
    [['Retry-After: 5, 7'], '7'],
    [['Retry-After: soon', 'Retry-After: 3'], '3'],
    [['Retry-After: soon'], undefined],
    [['Retry-After: '], undefined],
    [['Retry-After: Wed, 21 Oct 2015 07:28:00 GMT', 'Retry-After: 2'], '2'],
    [[], undefined],
  ])('of %j is %s: the longest, in seconds', async (lines, seconds) => {
    expect((await get(answered(429, '', lines))).headers['retry-after']).toBe(seconds);
  });
});
