import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { CANNED_ANSWER, type Problem, post, STORAGE, useHost, VISION } from '../support/journeys.ts';

/** As fast as the machine: the pace has tests of its own. */
const app = useHost({}, { modelSettings: { fruit: { rate: 2_000 }, 'fruit-boxes': { rate: 2_000 } } });
const apple = () => drawPicture(91_000_001, { tagNames: ['apple'] });
const bytes = (buffer: Buffer) => new Uint8Array(buffer);

describe('POST /api/predict', () => {
  it('answers a prediction document for the bytes of a picture', async () => {
    const { jpeg } = await apple();
    const answer = await post(app.host, { body: bytes(jpeg), headers: { 'content-type': 'image/jpeg' } });
    expect(answer.status).toBe(200);
    const document = (await answer.json()) as PredictionDocument;
    expect(document).toMatchObject({
      status: 'succeeded',
      image: { contentType: 'image/jpeg', bytes: jpeg.length, width: 640, height: 640 },
      results: [{ model: 'fruit', task: 'classify', attempts: 1 }],
    });
    expect(document.results[0]?.predictions[0]?.tagName).toBe('apple');
    expect(document.results[0]?.accepted[0]?.probability).toBeGreaterThan(0.5);
  });

  it('takes the one file of a form', async () => {
    const form = new FormData();
    form.append('note', 'a field beside the picture');
    form.append('picture', new File([bytes((await apple()).jpeg)], 'äpfel 🍎.jpg', { type: 'image/jpeg' }));
    const answer = await post(app.host, { body: form });
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as PredictionDocument).results[0]?.predictions[0]?.tagName).toBe('apple');
  });

  it('finds boxes with a detection model, as fractions of the picture', async () => {
    const { jpeg, boxes } = await drawPicture(91_000_002, { count: 2 });
    const answer = await post(app.host, { body: bytes(jpeg), model: 'fruit-boxes' });
    const [result] = ((await answer.json()) as PredictionDocument).results;
    const best = result?.accepted[0];
    expect(boxes.map((box) => box.tagName)).toContain(best?.tagName);
    expect(best?.boundingBox?.left).toBeGreaterThanOrEqual(0);
    expect((best?.boundingBox?.left ?? 0) + (best?.boundingBox?.width ?? 0)).toBeLessThanOrEqual(1);
  });

  it('refuses a url whose host is not listed, before anything is asked of the service', async () => {
    const before = app.stack.prediction.count();
    const answer = await post(app.host, {
      body: JSON.stringify({ url: 'https://example.org/apple.jpg' }),
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(403);
    expect(((await answer.json()) as Problem).code).toBe('ImageUrlRefused');
    expect(app.stack.prediction.count()).toBe(before);
  });

  it('honours top and threshold', async () => {
    const { jpeg } = await apple();
    const answer = await post(app.host, { body: bytes(jpeg), query: '?top=2&threshold=0.999999' });
    const [result] = ((await answer.json()) as PredictionDocument).results;
    expect(result?.predictions).toHaveLength(2);
    expect(result?.threshold).toBe(0.999999);
  });

  it.each([
    ['no function key', { key: null }, 401, undefined],
    ['a wrong function key', { key: 'wrong' }, 401, undefined],
    ['an unknown model', { model: 'pears' }, 404, 'ModelUnknown'],
    ['no model where several could be meant', { model: '' }, 404, 'ModelUnknown'],
    ['an empty body', { body: '' }, 400, 'ImageMissing'],
    ['a text', { body: 'no picture' }, 415, 'ImageTypeUnsupported'],
    ['a foreign type', { headers: { 'content-type': 'text/csv' } }, 415, 'ImageTypeUnsupported'],
    ['a threshold out of range', { query: '?threshold=2' }, 400, 'RequestInvalid'],
    ['a body over 32 MiB', { body: 'big' }, 413, 'ImageTooLarge'],
  ] as const)('answers %s with its own status and code', async (what, sent, status, code) => {
    const { jpeg } = await apple();
    const body =
      what === 'a body over 32 MiB'
        ? bytes(Buffer.concat([jpeg, Buffer.alloc(33 * 1024 * 1024)]))
        : bytes(jpeg);
    const answer = await post(app.host, {
      ...sent,
      body: 'body' in sent && what !== 'a body over 32 MiB' ? sent.body : body,
    });
    expect(answer.status).toBe(status);
    if (code === undefined) return;
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/u);
    const problem = (await answer.json()) as Problem;
    expect(problem).toMatchObject({ status, code });
    for (const member of ['title', 'detail', 'fix', 'requestId', 'type']) {
      expect(problem[member as keyof Problem]).toBeTruthy();
    }
  });

  it('answers a compressed body with what it takes instead', async () => {
    const { jpeg } = await apple();
    const headers = { 'content-encoding': 'gzip', 'content-type': 'image/jpeg' };
    const answer = await post(app.host, { body: bytes(gzipSync(jpeg)), headers });
    expect([answer.status, answer.headers.get('accept-encoding')]).toEqual([415, 'identity']);
    expect((await answer.json()) as Problem).toMatchObject({
      code: 'ContentEncodingUnsupported',
      detail: expect.stringContaining('gzip'),
    });
  });

  it.each(['text/plain', 'image/jpeg', 'application/x-www-form-urlencoded'])(
    'tells base64 from the bytes it wants, as %s',
    async (type) => {
      const body = (await apple()).jpeg.toString('base64');
      const answer = await post(app.host, { body, headers: { 'content-type': type } });
      expect((await answer.json()) as Problem).toMatchObject({
        status: 415,
        detail: 'Expected the bytes of a picture, got base64 text of a JPEG.',
        fix: expect.stringContaining('base64 -d'),
      });
    },
  );

  it('answers a chunked upload, which the host hands over empty, with what to do', async () => {
    const { jpeg } = await apple();
    const body = new Blob([bytes(jpeg)]).stream();
    const answer = await fetch(`${app.host.url}/api/predict/fruit`, {
      method: 'POST',
      headers: { 'x-functions-key': 'local' },
      body,
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as Problem).fix).toMatch(/Content-Length/u);
  });

  it('tries again after a 429 and a broken connection, and tells how often', async () => {
    const { jpeg } = await apple();
    app.stack.prediction.faults.next({ status: 429, headers: { 'retry-after': '1' } }, 'reset');
    const answer = await post(app.host, { body: bytes(jpeg) });
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as PredictionDocument).results[0]?.attempts).toBe(3);
  });

  it('survives a service that answers with a page or breaks off', async () => {
    const { jpeg } = await apple();
    app.stack.prediction.faults.next('html', 'truncated');
    const answer = await post(app.host, { body: bytes(jpeg) });
    expect(answer.status).toBe(200);
  });

  it('answers health without a key and without telling anything', async () => {
    const answer = await fetch(`${app.host.url}/api/health`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'healthy' });
  });

  it('asks for one token per resource in 330 mixed calls', { timeout: 120_000 }, async () => {
    // tokens are counted here; so many looks of the model would be most of the time
    app.stack.prediction.faults.always(CANNED_ANSWER);
    const { jpeg } = await drawPicture(91_000_003, { size: 96 });
    let sent = 0;
    const caller = async () => {
      while (sent < 300) {
        sent += 1;
        const answer = await post(app.host, { body: bytes(jpeg) });
        expect(answer.status).toBe(200);
        await answer.arrayBuffer();
      }
    };
    const dropper = Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        await app.stack.uploader.drop(`fruit/mixed-${index}.jpg`, jpeg);
      }),
    );
    await Promise.all([dropper, ...Array.from({ length: 24 }, caller)]);
    await expect
      .poll(() => app.stack.uploader.document('fruit/mixed-29.jpg'), { timeout: 60_000, interval: 200 })
      .toBeTruthy();
    for (let index = 0; index < 30; index += 1) {
      await expect
        .poll(() => app.stack.uploader.document(`fruit/mixed-${index}.jpg`), { timeout: 30_000 })
        .toBeTruthy();
    }
    app.stack.prediction.reset();
    expect(app.stack.identity.count(VISION, 'app')).toBe(1);
    expect(app.stack.identity.count(STORAGE, 'app')).toBe(1);
  });
});
