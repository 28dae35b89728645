import { HttpRequest } from '@azure/functions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { readRequestImage } from '../../src/http/requestImage.ts';
import { MAX_BYTES } from '../../src/pictures/limits.ts';
import { rejection } from '../support/secrets.ts';

const HOSTS = ['pictures.example', 'other.example:8443'];
const BYTES = Buffer.from(Uint8Array.from({ length: 700 }, (_, index) => index % 256));

const request = (body: Uint8Array | string, contentType?: string) =>
  new HttpRequest({
    url: 'https://app.example/api/predict',
    method: 'POST',
    headers: contentType === undefined ? {} : { 'content-type': contentType },
    body: { bytes: Buffer.from(body) },
  });
const read = (body: Uint8Array | string, contentType?: string, hosts = HOSTS) =>
  readRequestImage(request(body, contentType), hosts);

type Part = { name: string; filename?: string; value: Uint8Array | string };
function form(parts: Part[], boundary = 'b0undary'): Buffer {
  const pieces = parts.flatMap(({ name, filename, value }) => [
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n`,
    `${filename === undefined ? '' : 'content-type: image/jpeg\r\n'}\r\n`,
    value,
    '\r\n',
  ]);
  return Buffer.concat([...pieces, `--${boundary}--\r\n`].map((piece) => Buffer.from(piece)));
}
const FORM = 'multipart/form-data; boundary=b0undary';

describe('a picture as the body', () => {
  it.each([
    'image/jpeg',
    'image/png; charset=binary',
    'IMAGE/GIF',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    undefined,
  ])('is taken as it is with Content-Type %s', async (contentType) => {
    expect(await read(BYTES, contentType)).toEqual({ bytes: BYTES });
  });

  it.each(['image/jpeg', 'application/json', FORM])(
    'is missing when the body is empty (%s)',
    async (contentType) => {
      expect(await rejection(read('', contentType))).toMatchObject({ code: 'ImageMissing' });
    },
  );

  it.each(['text/plain', 'application/pdf', 'video/mp4', 'multipart/mixed; boundary=x', '*/*'])(
    'is refused as %s, by that name',
    async (contentType) => {
      expect(await rejection(read(BYTES, contentType))).toMatchObject({
        code: 'ImageTypeUnsupported',
        message: expect.stringContaining(contentType.split(';')[0] ?? ''),
      });
    },
  );
});

describe('a picture in a form', () => {
  it('comes out undamaged, whatever its bytes and the field’s name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), async (bytes) => {
        const body = form([{ name: 'anything', filename: 'ä b.jpg', value: bytes }]);
        expect(await read(body, FORM)).toEqual({ bytes: Buffer.from(bytes) });
      }),
      { numRuns: 50 },
    );
  });

  it('may have other fields beside it', async () => {
    const parts = [
      { name: 'title', value: 'pear' },
      { name: 'picture', filename: 'p.jpg', value: BYTES },
      { name: 'note', value: '' },
    ];
    expect(await read(form(parts), FORM)).toEqual({ bytes: BYTES });
  });

  it('keeps its whole length, so that its size can be told', async () => {
    const big = Buffer.alloc(MAX_BYTES + 1_000, 7);
    const image = await read(form([{ name: 'f', filename: 'f', value: big }]), FORM);
    expect('bytes' in image && image.bytes.length).toBe(big.length);
  });

  it.each<[string, Buffer | string, string]>([
    ['without a boundary', form([]), 'multipart/form-data'],
    ['without a file', form([{ name: 'a', value: 'b' }]), FORM],
    [
      'with two files',
      form([
        { name: 'a', filename: 'a', value: BYTES },
        { name: 'b', filename: 'b', value: BYTES },
      ]),
      FORM,
    ],
    [
      'with fifty fields',
      form(Array.from({ length: 50 }, (_, index) => ({ name: `f${index}`, value: 'x' }))),
      FORM,
    ],
    ['of another boundary', form([{ name: 'a', filename: 'a', value: BYTES }], 'other'), FORM],
    ['that is no form', BYTES, FORM],
    ['that is a single line', '--b0undary', FORM],
  ])('is refused when the form is one %s', async (_, body, contentType) => {
    expect(await rejection(read(body, contentType))).toMatchObject({ code: 'RequestInvalid' });
  });

  it('is refused when the form is cut off, wherever', async () => {
    const whole = form([{ name: 'a', filename: 'a.jpg', value: BYTES }]);
    const end = whole.lastIndexOf('--b0undary');
    for (let length = 1; length < end; length += 7) {
      const outcome = await read(whole.subarray(0, length), FORM).catch((error: unknown) => error);
      expect([length, outcome]).toEqual([length, expect.objectContaining({ code: 'RequestInvalid' })]);
    }
  });

  it('ends in a picture or an error of the book, and always ends, for any bytes', async () => {
    const piece = fc.constantFrom(
      '--b0undary',
      '--b0undary--',
      '\r\n',
      '\r\n\r\n',
      'content-disposition: form-data; name="a"; filename="a"',
      'content-disposition: form-data; name="a"',
      'content-type: image/jpeg',
      'content-transfer-encoding: base64',
      ': ',
      '\0',
      'x'.repeat(3_000),
    );
    const bodies = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 400 }),
      fc
        .array(fc.oneof(piece, fc.string()), { minLength: 1, maxLength: 12 })
        .map((pieces) => pieces.join('')),
    );
    const types = fc.oneof(
      fc.constant(FORM),
      fc
        .string()
        .map((boundary) => `multipart/form-data; boundary=${boundary.replaceAll(/[^\x20-\x7e]/gu, '')}`),
    );
    await fc.assert(
      fc.asyncProperty(bodies, types, async (body, contentType) => {
        const outcome = await read(body, contentType).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(KeylessError);
        else expect(outcome).toHaveProperty('bytes');
      }),
      { numRuns: 500, timeout: 2_000 },
    );
  });
});

describe('a picture by its url', () => {
  const json = (value: unknown) => JSON.stringify(value);

  it.each([
    'https://pictures.example/a.jpg',
    'https://PICTURES.example:443/a.jpg?sig=x',
    'https://other.example:8443/',
  ])('is taken from a host in the list: %s', async (url) => {
    expect(await read(json({ url }), 'application/json; charset=utf-8')).toEqual({ url: new URL(url).href });
  });

  it.each([
    'http://pictures.example/a.jpg',
    'https://elsewhere.example/a.jpg',
    'https://pictures.example:8443/a.jpg',
    'https://other.example/a.jpg',
    'https://user:password@pictures.example/a.jpg',
    'https://pictures.example.evil.example/a.jpg',
    'https://evil.example/?https://pictures.example',
    'ftp://pictures.example/a.jpg',
    'file:///etc/passwd',
    'https://169.254.169.254/metadata',
  ])('is refused elsewhere: %s', async (url) => {
    const error = await rejection(read(json({ url }), 'application/json'));
    expect(error).toMatchObject({ code: 'ImageUrlRefused' });
    expect(String(error)).not.toContain('password');
  });

  it('is refused altogether when the list is empty', async () => {
    const url = 'https://pictures.example/a.jpg';
    expect(await rejection(read(json({ url }), 'application/json', []))).toMatchObject({
      code: 'ImageUrlRefused',
      message: 'This app takes no urls: URL_HOSTS is empty.',
    });
  });

  it.each([
    ['no JSON', '{"url": '],
    ['a list', '[]'],
    ['null', 'null'],
    ['a word', '"https://pictures.example/a.jpg"'],
    ['no url', '{"uri": "https://pictures.example/a.jpg"}'],
    ['a number', '{"url": 7}'],
    ['a relative url', '{"url": "/a.jpg"}'],
    ['an endless url', json({ url: `https://pictures.example/${'a'.repeat(2_048)}` })],
  ])('is invalid when the body is %s', async (_, body) => {
    expect(await rejection(read(body, 'application/json'))).toMatchObject({ code: 'RequestInvalid' });
  });

  it('ends in a url of the list or an error of the book for any JSON', async () => {
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc.webUrl({ withQueryParameters: true, withFragments: true }).map((url) => json({ url })),
    );
    await fc.assert(
      fc.asyncProperty(body.filter(Boolean), async (given) => {
        const outcome = await read(given, 'application/json').catch((error: unknown) => error);
        expect(outcome).toBeInstanceOf(KeylessError);
      }),
      { numRuns: 300 },
    );
  });
});
