import { HttpRequest } from '@azure/functions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { hasVersion } from '../../src/http/conditional.ts';
import {
  listQuerySchema,
  predictQuerySchema,
  readingQuerySchema,
  readQuery,
} from '../../src/http/queries.ts';
import { announcedBytes, readRequestImage } from '../../src/http/requestImage.ts';
import { readBearerToken } from '../../src/identity/callers/bearerToken.ts';
import { challenge } from '../../src/identity/callers/challenge.ts';
import { openCursor } from '../../src/storage/cursor.ts';
import { longestHold, shortest } from '../support/loopTime.ts';
import { runs } from '../support/runs.ts';

const MIB = 1024 * 1024;
const request = (body: Uint8Array, contentType: string, headers: Record<string, string> = {}) =>
  new HttpRequest({
    url: 'https://app.example/api/predict',
    method: 'POST',
    headers: { 'content-type': contentType, ...headers },
    body: { bytes: body as Buffer },
  });
const attempt = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    expect(error).toBeInstanceOf(KeylessError);
    return error;
  }
};

/** More than a host takes of headers or an address. */
const LENGTH = 64_000;
const units = fc.oneof(
  fc.constantFrom('0', '1.', '"', 'W/"', 'a-', '.', '-', ' ', '%', '%2f', '=', ';', 'eyJ', '\\"', ', '),
  fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme-ascii' }),
);
const long = fc
  .record({
    start: fc.string({ maxLength: 8, unit: 'grapheme-ascii' }),
    unit: units,
    end: fc.constantFrom('', 'x', '"', '.', ' '),
  })
  .map(longText);
/** Shown by its parts, lest a failure prints all of it. */
function longText({ start, unit, end }: Record<'start' | 'unit' | 'end', string>) {
  const text = start + unit.repeat(Math.ceil(LENGTH / unit.length)) + end;
  return Object.defineProperty({ start, unit, end, text }, 'text', { enumerable: false });
}

describe('what a caller writes into a header or an address', () => {
  const readers: [string, (text: string) => unknown][] = [
    ['Authorization', (text) => readBearerToken(`Bearer ${text}`)],
    ['Authorization of any scheme', (text) => readBearerToken(text)],
    ['If-None-Match', (text) => hasVersion(text, '"1"')],
    ['threshold', (threshold) => readQuery(predictQuerySchema, new URLSearchParams({ threshold }))],
    ['top', (top) => readQuery(listQuerySchema, new URLSearchParams({ top }))],
    ['format', (format) => readQuery(readingQuerySchema, new URLSearchParams({ format }))],
    ['prefix', (prefix) => readQuery(listQuerySchema, new URLSearchParams({ prefix }))],
    ['cursor', (cursor) => readQuery(listQuerySchema, new URLSearchParams({ cursor }))],
    ['the words of a refusal', (text) => challenge(new KeylessError('TokenMalformed', text))],
    ['cursor, opened', (cursor) => openCursor(cursor.slice(0, 4096), '')],
  ];
  it.each(readers)('%s is read in less than 50 ms, whatever it is', (_, read) => {
    fc.assert(
      fc.property(long, ({ text }) => {
        const work = () => attempt(() => read(text));
        expect(shortest(work, 1) > 20 ? shortest(work) : 0).toBeLessThan(50);
      }),
      {
        numRuns: runs(10),
        examples: ['0', '"', 'W/"'].map((unit) => [longText({ start: '', unit, end: 'x' })]),
      },
    );
  });

  it('Content-Type is read in less than 50 ms, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(long, async ({ text }) => {
        const contentType = `multipart/form-data; boundary=${text.replaceAll(/[^\x20-\x7e]/gu, '')}`;
        const hold = async () =>
          longestHold(() => readRequestImage(request(Buffer.from('--a'), contentType), []).catch(() => {}));
        expect((await hold()) > 20 ? Math.min(await hold(), await hold(), await hold()) : 0).toBeLessThan(50);
      }),
      { numRuns: runs(5) },
    );
  });
});

const HEAD = '--b0undary\r\ncontent-disposition: form-data; name="a"; filename="a"\r\n\r\n';
const FORM = 'multipart/form-data; boundary=b0undary';
const filled = (unit: string, bytes = 24 * MIB): Buffer => Buffer.alloc(bytes, unit);

describe('a body', () => {
  it.each<[string, string, () => Buffer]>([
    [
      'a form with a large file',
      FORM,
      () => Buffer.concat([Buffer.from(HEAD), filled('\0'), Buffer.from('\r\n--b0undary--')]),
    ],
    [
      'a form whose file is nearly all boundary',
      FORM,
      () => Buffer.concat([Buffer.from(HEAD), filled('\r\n--b0undar')]),
    ],
    ['a form of line ends', FORM, () => Buffer.concat([Buffer.from(HEAD), filled('\r\n')])],
    ['a form of nothing but parts', FORM, () => filled('--b0undary\r\n\r\n')],
    ['a form of nothing but parts of one letter', 'multipart/form-data; boundary=b', () => filled('\r\n--b')],
    ['a form of headers', FORM, () => Buffer.concat([Buffer.from('--b0undary\r\n'), filled('a: b\r\n')])],
    [
      'a form with an endless header',
      FORM,
      () => Buffer.concat([Buffer.from('--b0undary\r\na:'), filled('x')]),
    ],
    ['JSON of lists in lists', 'application/json', () => filled('[')],
    ['JSON of many words', 'application/json', () => filled('"a",')],
    ['a picture', 'image/jpeg', () => filled('\0')],
  ])('holds the event loop for less than 50 ms: %s', async (_, contentType, make) => {
    const bytes = make();
    const holds: number[] = [];
    // whatever else the machine does, collecting garbage included, only adds to it
    while (holds.length < 12 && !(Math.min(...holds) < 50)) {
      const one = request(bytes, contentType);
      holds.push(
        await longestHold(() =>
          readRequestImage(one, []).catch((error) => expect(error).toBeInstanceOf(KeylessError)),
        ),
      );
    }
    expect(Math.min(...holds)).toBeLessThan(50);
  });

  it('is held once: the picture of a form is a view of it', async () => {
    const file = filled('jpeg', 4 * MIB);
    const body = Buffer.concat([Buffer.from(HEAD), file, Buffer.from('\r\n--b0undary--')]);
    const image = await readRequestImage(request(body, FORM), []);
    if (!('bytes' in image)) throw new Error('Expected bytes.');
    expect(image.bytes.equals(file)).toBe(true);
    expect(image.bytes.buffer.byteLength).toBe(body.length);
  });

  it('of a form comes out undamaged where slices end within what could be a boundary', async () => {
    const unit = fc.constantFrom(
      '\r',
      '\n',
      '-',
      '\r\n--b0undar',
      '\r\n--',
      'b0undary',
      'x'.repeat(1_000),
      '\0',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(unit, { minLength: 1, maxLength: 40 }), async (units) => {
        const file = Buffer.from(units.join(''));
        const body = Buffer.concat([Buffer.from(HEAD), file, Buffer.from('\r\n--b0undary--\r\n')]);
        if (`\r\n${file}`.includes('\r\n--b0undary')) return; // that is the end of it
        expect(await readRequestImage(request(body, FORM), [])).toEqual({ bytes: file });
      }),
      { numRuns: 200 },
    );
  });

  it('is refused by its announced length, and read no further than it may go', async () => {
    const announcing = (length: string) =>
      request(Buffer.from('x'), 'image/jpeg', { 'content-length': length });
    expect(() => announcedBytes(announcing('99000000'))).toThrow(
      expect.objectContaining({ code: 'ImageTooLarge' }),
    );
    expect(announcedBytes(announcing('1234'))).toBe(1234);
    for (const odd of ['-1', 'many']) expect(announcedBytes(announcing(odd))).toBe(33 * MIB);
    expect(announcedBytes(request(Buffer.from('x'), 'image/jpeg'))).toBe(33 * MIB);

    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(MIB));
      },
    });
    const unannounced = new HttpRequest({
      nativeRequest: new Request('https://app.example', {
        method: 'POST',
        body: endless,
        duplex: 'half',
      } as RequestInit),
    } as ConstructorParameters<typeof HttpRequest>[0]);
    await expect(readRequestImage(unannounced, [])).rejects.toMatchObject({ code: 'ImageTooLarge' });
    expect(pulled).toBeLessThan(40);
  });
});
