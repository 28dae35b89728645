import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLASSIFY, type Parts, picture, startParts } from './parts.ts';

const FOUR_MEGABYTES = 4 * 1024 * 1024;
const FROM_URL = CLASSIFY.replace('/image/', '/url/');

let parts: Parts;
let site: Server;
let origin: string;
beforeAll(async () => {
  parts = await startParts();
  site = createServer((request, response) => {
    if (request.url === '/picture') response.end(picture());
    else if (request.url === '/endless') response.end(Buffer.alloc(FOUR_MEGABYTES + 1));
    else if (request.url === '/page') response.end('<html></html>');
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => site.once('listening', resolve));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
afterAll(async () => {
  site.close();
  site.closeAllConnections();
  await parts.close();
});
beforeEach(() => parts.server.reset());

const bytes = (data: Uint8Array) => new Uint8Array(data);
const drawn = () => sharp({ create: { width: 40, height: 30, channels: 3, background: 'green' } });
const sized = (size: number) => bytes(picture(64, 48, new Uint8Array(size - picture(64, 48, '').length)));
const form = (name: string, content: Uint8Array<ArrayBuffer>) => {
  const data = new FormData();
  data.append('note', 'a text beside the picture');
  data.append(name, new Blob([content]), 'pear.jpg');
  return data;
};

describe('a picture in the request', () => {
  it.each(['jpeg', 'png', 'gif'] as const)('may be a %s', async (format) => {
    expect((await parts.post({ body: bytes(await drawn().toFormat(format).toBuffer()) })).status).toBe(200);
  });

  it.each(['webp', 'tiff', 'avif'] as const)('may not be a %s', async (format) => {
    const answer = await parts.post({ body: bytes(await drawn().toFormat(format).toBuffer()) });
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadRequestImageFormat' } });
  });

  it('may come in a form with a file name beside other fields', async () => {
    expect((await parts.post({ body: form('imageData', bytes(picture())) })).status).toBe(200);
    expect(parts.classifier.seen.at(-1)).toEqual(picture());
  });

  it.each([
    ['weighs 4 MB', FOUR_MEGABYTES, 200],
    ['weighs a byte more', FOUR_MEGABYTES + 1, 400],
    ['weighs 9 MB', 9_000_000, 400],
  ])('that %s is answered as the limit says', async (_, size, status) => {
    for (const body of [sized(size), form('imageData', sized(size))]) {
      const answer = await parts.post({ body });
      expect(answer.status).toBe(status);
      if (status === 400) expect(answer.body).toMatchObject({ code: 'BadRequestImageSizeBytes' });
    }
  });

  it.each([
    [10_000, 400, 200],
    [10_001, 401, 400],
    [2_500, 100, 200],
    [2_501, 100, 400],
    [100, 2_501, 400],
  ])('of %i x %i is answered with %i', async (width, height, status) => {
    const answer = await parts.post({ body: bytes(picture(width, height)) });
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.body).toMatchObject({ code: 'BadRequestImageDimensions' });
  });

  it.each([
    ['no picture', bytes(Buffer.from('hello, this is no picture at all'))],
    ['damaged, as the model finds', bytes(picture(64, 48, 'broken'))],
    ['cut off', bytes(picture(64, 48).subarray(0, 200))],
  ])('that is %s has a bad format', async (_, body) => {
    expect(await parts.post({ body })).toMatchObject({
      status: 400,
      body: { code: 'BadRequestImageFormat' },
    });
  });

  it.each([
    ['an empty body', {}, new Uint8Array(0)],
    ['a form without it', {}, form('picture', bytes(picture()))],
    ['an empty form part', {}, form('imageData', new Uint8Array(0))],
    ['a form without boundary', { 'content-type': 'multipart/form-data' }, 'imageData'],
    ['a form that breaks off', { 'content-type': 'multipart/form-data; boundary=b' }, '--b\r\nContent-Disp'],
  ])('is missing in %s', async (_, headers, body) => {
    expect(await parts.post({ body, headers })).toMatchObject({
      status: 400,
      body: { code: 'BadRequestImageStream' },
    });
  });

  it.each([
    [CLASSIFY, 'image/jpeg'],
    [CLASSIFY, 'application/json'],
    [FROM_URL, 'text/plain'],
  ])('for %s cannot come as %s', async (path, type) => {
    const answer = await parts.post({ path, headers: { 'content-type': type } });
    expect(answer).toMatchObject({ status: 415, body: { code: 'UnsupportedMediaType' } });
  });
});

describe('a picture behind a url', () => {
  const postUrl = (body: string) =>
    parts.post({ path: FROM_URL, body, headers: { 'content-type': 'application/json; charset=utf-8' } });

  it('is fetched, and its hash noted', async () => {
    expect((await postUrl(JSON.stringify({ url: `${origin}/picture` }))).status).toBe(200);
    expect(parts.classifier.seen.at(-1)).toEqual(picture());
    expect(parts.server.requests[0]).toMatchObject({ source: 'url', bytes: picture().length, attempt: 1 });
    expect(parts.server.requests[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['/endless', 'BadRequestImageSizeBytes'],
    ['/page', 'BadRequestImageFormat'],
    ['/nothing', 'BadRequestImageUrl'],
  ])('at %s is refused with %s', async (path, code) => {
    expect(await postUrl(JSON.stringify({ url: origin + path }))).toMatchObject({
      status: 400,
      body: { code },
    });
  });

  it.each(['{"url":"file:///etc/hostname"}', '{"url":"no url"}', '{"url":7}', '{}', 'null', '{', ''])(
    'cannot be found with %s',
    async (body) => {
      expect(await postUrl(body)).toMatchObject({ status: 400, body: { code: 'BadRequestImageUrl' } });
    },
  );
});
