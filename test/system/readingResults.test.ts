import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { LOCAL_FUNCTION_KEY } from '../../local/stack.ts';
import type { Listing } from '../../src/storage/list.ts';
import { documentOf, type Problem, useHost } from '../support/journeys.ts';

const app = useHost();
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${app.host.url}/api/predictions${path}`, {
    headers: { 'x-functions-key': LOCAL_FUNCTION_KEY, ...headers },
  });
const apple = () => drawPicture(91_000_001, { tagNames: ['apple'], size: 320 });
const bySegment = (name: string) => name.split('/').map(encodeURIComponent).join('/');

describe('GET /api/predictions/{name}', () => {
  it('answers the document of a dropped picture as it lies in storage, and 304 to who has it', async () => {
    await app.stack.uploader.drop('fruit/read.jpg', (await apple()).jpeg);
    await documentOf(app.stack, 'fruit/read.jpg');
    const answer = await get('/fruit/read.jpg');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(await app.stack.uploader.document('fruit/read.jpg'));
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    const etag = answer.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/u);
    const again = await get('/fruit/read.jpg', { 'if-none-match': etag });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
  });

  it.each(['12345', 'fruit/a b+c.jpg', 'fruit/ä 🍎 #1?.jpg', 'fruit/deep/er/50%.jpg'])(
    'finds the picture %s, however its slashes are written',
    async (name) => {
      await app.stack.uploader.drop(name, (await apple()).jpeg);
      await documentOf(app.stack, name);
      for (const path of [bySegment(name), encodeURIComponent(name)]) {
        const answer = await get(`/${path}`);
        expect([path, answer.status]).toEqual([path, 200]);
        expect(await answer.json()).toMatchObject({ image: { name } });
      }
    },
  );

  it('finds a name that itself holds %2F where its slashes are written as slashes', async () => {
    await app.stack.uploader.drop('fruit/a%2Fb.jpg', (await apple()).jpeg);
    await documentOf(app.stack, 'fruit/a%2Fb.jpg');
    expect((await get(`/${bySegment('fruit/a%2Fb.jpg')}`)).status).toBe(200);
  });

  it('answers 202 and when to ask again while the document is on its way', async () => {
    app.stack.prediction.faults.next({ status: 429, headers: { 'retry-after': '1' } });
    await app.stack.uploader.drop('fruit/soon.jpg', (await apple()).jpeg);
    const answer = await get('/fruit/soon.jpg');
    expect(answer.status).toBe(202);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toEqual({ status: 'pending', name: 'fruit/soon.jpg' });
    await documentOf(app.stack, 'fruit/soon.jpg');
    expect((await get('/fruit/soon.jpg')).status).toBe(200);
  });

  it('answers a problem to a name that nobody knows, and nothing without the key', async () => {
    const answer = await get('/fruit/nothing.jpg');
    expect(answer.status).toBe(404);
    expect((await answer.json()) as Problem).toMatchObject({ code: 'NotFound', status: 404 });
    expect((await get('/fruit/read.jpg', { 'x-functions-key': 'wrong' })).status).toBe(401);
  });

  it('draws what was found over the picture, as SVG and as PNG', async () => {
    const { jpeg } = await drawPicture(91_000_002, { count: 2 });
    await app.stack.uploader.drop('boxes/drawn.jpg', jpeg);
    const { results } = await documentOf(app.stack, 'boxes/drawn.jpg');
    const svg = await get('/boxes/drawn.jpg?format=svg');
    expect(svg.headers.get('content-type')).toMatch(/^image\/svg\+xml/u);
    expect(svg.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await svg.text();
    const accepted = results[0]?.accepted ?? [];
    expect(accepted.length).toBeGreaterThan(0);
    for (const { tagName, probability } of accepted) {
      expect(text).toContain(`>${tagName} ${(probability * 100).toFixed(1)} %<`);
    }
    expect(text.match(/<rect/gu)).toHaveLength(accepted.length * 2);
    const all = await (await get('/boxes/drawn.jpg?format=svg&threshold=0')).text();
    expect(all.match(/<rect/gu)).toHaveLength((results[0]?.predictions.length ?? 0) * 2);

    const png = await get('/boxes/drawn.jpg?format=png');
    expect(png.headers.get('content-type')).toBe('image/png');
    const drawn = Buffer.from(await png.arrayBuffer());
    expect(await sharp(drawn).metadata()).toMatchObject({ width: 640, height: 640 });
    expect(
      (await get('/boxes/drawn.jpg?format=png', { 'if-none-match': png.headers.get('etag') ?? '' })).status,
    ).toBe(304);
  });

  it('tells why a picture failed, in its document and as the problem of drawing it', async () => {
    await app.stack.uploader.drop('fruit/text.jpg', Buffer.from('no picture'));
    await documentOf(app.stack, 'fruit/text.jpg');
    expect(await (await get('/fruit/text.jpg')).json()).toMatchObject({
      status: 'failed',
      error: { code: 'ImageTypeUnsupported' },
    });
    expect(await (await get('/fruit/text.jpg?format=svg')).json()).toMatchObject({
      code: 'ImageTypeUnsupported',
    });
  });

  it('shows no document as that of a picture that is another by now, and draws none on one that is gone', async () => {
    const { jpeg } = await apple();
    await app.stack.uploader.drop('fruit/gone.jpg', jpeg);
    await documentOf(app.stack, 'fruit/gone.jpg');
    app.stack.prediction.faults.next({ status: 429, headers: { 'retry-after': '1' } });
    await app.stack.uploader.drop('fruit/gone.jpg', (await drawPicture(91_000_009, { size: 320 })).jpeg);
    for (const query of ['', '?format=png']) {
      expect((await get(`/fruit/gone.jpg${query}`)).status).toBe(202);
    }
    await app.stack.uploader.images.deleteBlob('fruit/gone.jpg');
    const answer = await get('/fruit/gone.jpg?format=png');
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([404, 'NotFound']);
    expect((await get('/fruit/gone.jpg')).status).toBe(200);
  });
});

describe('GET /api/predictions', () => {
  it('lists what is there by the names of pictures, page by page', async () => {
    const { jpeg } = await apple();
    const names = ['fruit/list/a.jpg', 'fruit/list/b.jpg', 'fruit/list/ä 🍎.jpg'];
    await Promise.all(names.map((name) => app.stack.uploader.drop(name, jpeg)));
    await Promise.all(names.map((name) => documentOf(app.stack, name)));
    const seen: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const answer = await get(`?prefix=${encodeURIComponent('fruit/list/')}&top=2&cursor=${cursor}`);
      expect(answer.status).toBe(200);
      const listing = (await answer.json()) as Listing;
      seen.push(...listing.predictions.map(({ name, status }) => `${name} ${status}`));
      cursor = listing.cursor;
    }
    expect(seen).toEqual(names.map((name) => `${name} succeeded`));
  });

  it('gives the ETag that reading the document gives', async () => {
    const listing = (await (await get('?prefix=fruit/read')).json()) as Listing;
    expect(listing.predictions[0]?.etag).toBe((await get('/fruit/read.jpg')).headers.get('etag'));
  });

  it.each(['?top=0', '?top=all', '?cursor=broken'])('refuses %s', async (query) => {
    const answer = await get(query);
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([400, 'RequestInvalid']);
  });
});
