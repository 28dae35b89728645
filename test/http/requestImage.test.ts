import { HttpRequest } from '@azure/functions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { readRequestImage } from '../../src/http/requestImage.ts';
import { MAX_BYTES } from '../../src/pictures/limits.ts';
import { anyUrl } from '../support/anyText.ts';
import { rejection } from '../support/secrets.ts';

const HOSTS = ['pictures.example', 'other.example:8443'];
const BYTES = Buffer.from(Uint8Array.from({ length: 700 }, (_, index) => index % 256));

const request = (body: Uint8Array | string, contentType?: string, headers: Record<string, string> = {}) =>
  new HttpRequest({
    url: 'https://app.example/api/predict',
    method: 'POST',
    headers: { ...headers, ...(contentType !== undefined && { 'content-type': contentType }) },
    body: { bytes: Buffer.from(body) },
  });
const read = (body: Uint8Array | string, contentType?: string, hosts = HOSTS) =>
  readRequestImage(request(body, contentType), hosts);

type Part = { name: string; filename?: string; value: Uint8Array | string; head?: string };
function form(parts: Part[], boundary = 'b0undary'): Buffer {
  const pieces = parts.flatMap(({ name, filename, value, head = '' }) => [
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n`,
    `${filename === undefined ? '' : 'content-type: image/jpeg\r\n'}${head}\r\n`,
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

describe('a body that is encoded', () => {
  const JPEG = Buffer.concat([Buffer.from('ffd8ffe000104a46494600', 'hex'), BYTES]);
  const base64 = JPEG.toString('base64');
  const wrapped = base64.replaceAll(/.{76}/gu, '$&\r\n');
  const dataUrl = `data:image/jpeg;base64,${base64}`;

  it.each(['gzip', 'br', 'deflate', 'GZIP', 'identity, gzip', 'zstd', 'x-gzip'])(
    'with Content-Encoding: %s is refused by that name',
    async (coding) => {
      const refused = readRequestImage(request(BYTES, 'image/jpeg', { 'content-encoding': coding }), HOSTS);
      expect(await rejection(refused)).toMatchObject({
        code: 'ContentEncodingUnsupported',
        message: `Expected a body as it is, got Content-Encoding: ${coding.toLowerCase().replace('identity, ', '')}.`,
      });
    },
  );

  it.each(['identity', 'Identity', '', 'identity,identity'])(
    'with Content-Encoding: %j is none',
    async (coding) => {
      const taken = request(BYTES, 'image/jpeg', { 'content-encoding': coding });
      expect(await readRequestImage(taken, HOSTS)).toEqual({ bytes: BYTES });
    },
  );

  const json = (value: unknown) => JSON.stringify(value);
  const large = Buffer.concat([JPEG, Buffer.alloc(40_000, 7)]).toString('base64');
  it.each([
    ['base64 as text', 'text/plain', base64],
    ['base64 in lines as text', 'text/plain; charset=utf-8', wrapped],
    ['a data URL as text', 'text/plain', dataUrl],
    ['base64 in JSON', 'application/json', json({ image: base64 })],
    ['base64 in deep JSON', 'application/json', json({ requests: [{ image: { content: base64 } }] })],
    [
      'base64 in JSON with escaped slashes',
      'application/json',
      json({ image: base64 }).replaceAll('/', '\\/'),
    ],
    ['a data URL in JSON', 'application/json', json({ name: 'a.jpg', url: dataUrl })],
    ['base64 as a JSON string', 'application/json', json(base64)],
    ['long base64 in JSON', 'application/json', json({ image: large })],
    ['a long data URL in JSON', 'application/json', json({ image: `data:image/png;base64,${large}` })],
    ['base64 in a field of a form', FORM, form([{ name: 'image', value: base64 }])],
    [
      'a data URL in a field of a form',
      FORM,
      form([
        { name: 'n', value: 'x' },
        { name: 'image', value: dataUrl },
      ]),
    ],
    [
      'a file of a form in base64',
      FORM,
      form([{ name: 'f', filename: 'f.jpg', value: wrapped, head: 'Content-Transfer-Encoding: base64\r\n' }]),
    ],
  ])('is told as what it is, with what to send: %s', async (_, contentType, body) => {
    expect(await rejection(read(body, contentType))).toMatchObject({
      code: 'ImageTypeUnsupported',
      message: expect.stringMatching(/base64|data: URL/u),
      fix: expect.stringContaining('bytes'),
    });
  });

  it('may be told to be plain in a form', async () => {
    for (const encoding of ['binary', '8bit', '7BIT']) {
      const head = `Content-Transfer-Encoding: ${encoding}\r\n`;
      expect(await read(form([{ name: 'f', filename: 'f', value: BYTES, head }]), FORM)).toEqual({
        bytes: BYTES,
      });
    }
  });
});

describe('a picture in a form', () => {
  it('may have file inputs beside it that were left empty, as browsers send them', async () => {
    const empty = { name: 'second', filename: '', value: '' };
    const picture = { name: 'first', filename: 'p.jpg', value: BYTES };
    for (const parts of [
      [picture, empty],
      [empty, picture],
      [empty, picture, empty, empty],
    ]) {
      expect(await read(form(parts), FORM)).toEqual({ bytes: BYTES });
    }
    expect(await rejection(read(form([empty]), FORM))).toMatchObject({ code: 'ImageMissing' });
  });

  it('is told by name where there are several, or none but text', async () => {
    const named = (name: string) => ({ name, filename: `${name}.jpg`, value: BYTES });
    expect(await rejection(read(form([named('a'), named('b'), named('c')]), FORM))).toMatchObject({
      code: 'RequestInvalid',
      message: 'The form holds more than one file: “a.jpg” and “b.jpg”.',
      fix: expect.stringContaining('one'),
    });
    const texts = [
      { name: 'title', value: 'pear' },
      { name: 'note', value: '' },
    ];
    expect(await rejection(read(form(texts), FORM))).toMatchObject({
      code: 'RequestInvalid',
      message: 'The form holds no file, only the text fields “title” and “note”.',
      fix: expect.stringContaining('-F picture=@picture.jpg'),
    });
  });

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

  it.each(['image/jpeg', 'IMAGE/PNG', 'image/webp; note=x', 'application/octet-stream'])(
    'is a file by its type alone where it has no name: %s',
    async (type) => {
      const head = `--b0undary\r\ncontent-disposition: form-data; name="picture"\r\ncontent-type: ${type}\r\n\r\n`;
      const body = Buffer.concat([Buffer.from(head), BYTES, Buffer.from('\r\n--b0undary--\r\n')]);
      expect(await read(body, FORM)).toEqual({ bytes: BYTES });
      const text = Buffer.from(body.toString('latin1').replace(type, 'text/plain'), 'latin1');
      expect(await rejection(read(text, FORM))).toMatchObject({ code: 'RequestInvalid' });
    },
  );

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
      anyUrl.map((url) => json({ url })),
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
