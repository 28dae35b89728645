import { describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { documentOf, newDocumentOf, useHost } from '../support/journeys.ts';

/** As fast as the machine: the pace has tests of its own. */
const app = useHost({}, { modelSettings: { fruit: { rate: 2_000 }, 'fruit-boxes': { rate: 2_000 } } });

describe('a picture dropped into the container', () => {
  it.each(['12345', 'true', 'a b#%.jpg', 'grün/🍎 apfel?.jpg', 'deep/er/and deeper/tree.jpg', '{"x":1}'])(
    'named %j gets its document',
    async (name) => {
      const { jpeg } = await drawPicture(92_000_001, { tagNames: ['banana'] });
      await app.stack.uploader.drop(`fruit/${name}`, jpeg);
      const document = await documentOf(app.stack, `fruit/${name}`);
      expect(document).toMatchObject({
        status: 'succeeded',
        image: { name: `fruit/${name}`, container: 'images' },
      });
      expect(document.image.etag).toMatch(/^"?0x/u);
      expect(document.results[0]?.predictions[0]?.tagName).toBe('banana');
    },
  );

  it('at the top of the container and named like a number gets its document', async () => {
    const { jpeg } = await drawPicture(92_000_002);
    await app.stack.uploader.drop('12345', jpeg);
    expect((await documentOf(app.stack, '12345')).image.name).toBe('12345');
  });

  it('goes to the model whose paths match', async () => {
    const { jpeg } = await drawPicture(92_000_003, { count: 2 });
    await app.stack.uploader.drop('boxes/two.jpg', jpeg);
    const document = await documentOf(app.stack, 'boxes/two.jpg');
    expect(document.results.map(({ model, task }) => [model, task])).toEqual([['fruit-boxes', 'detect']]);
  });

  it('overwritten is scored again, with numbers of the new pixels', async () => {
    const [first, second] = await Promise.all([
      drawPicture(92_000_004, { tagNames: ['grapes'] }),
      drawPicture(92_000_005, { tagNames: ['lemon'] }),
    ]);
    await app.stack.uploader.drop('fruit/changing.jpg', first.jpeg);
    const before = await documentOf(app.stack, 'fruit/changing.jpg');
    await app.stack.uploader.drop('fruit/changing.jpg', second.jpeg);
    const after = await newDocumentOf(app.stack, 'fruit/changing.jpg', before);
    expect(before.results[0]?.predictions[0]?.tagName).toBe('grapes');
    expect(after.results[0]?.predictions[0]?.tagName).toBe('lemon');
    expect(after.image.sha256).not.toBe(before.image.sha256);
  });

  it.each([
    ['a text', Buffer.from('no picture at all'), 'ImageTypeUnsupported'],
    ['an empty file', Buffer.alloc(0), 'ImageMissing'],
  ] as const)(
    'that is %s gets a failed document with cause and fix, after one attempt',
    async (_, body, code) => {
      const name = `fruit/${code}.jpg`;
      await app.stack.uploader.drop(name, body);
      const document = await documentOf(app.stack, name);
      expect(document).toMatchObject({ status: 'failed', results: [], image: { name } });
      expect(document.error).toMatchObject({ code });
      expect(document.error?.fix).toBeTruthy();
      const attempts = () =>
        app.host.logs.filter(
          ({ category, message }) => category === 'user' && message.startsWith(`${name}: ${code}`),
        );
      // the document may be seen before the host’s line about it
      await expect.poll(() => attempts().length).toBe(1);
    },
  );

  it('below no model’s paths gets a failed document that says so', async () => {
    const { jpeg } = await drawPicture(92_000_006);
    await app.stack.uploader.drop('elsewhere/apple.jpg', jpeg);
    expect((await documentOf(app.stack, 'elsewhere/apple.jpg')).error?.code).toBe('ModelUnknown');
  });

  it('meeting a service in trouble is tried again until it is scored', async () => {
    const { jpeg } = await drawPicture(92_000_007, { tagNames: ['apple'] });
    app.stack.prediction.faults.next(500, 503, 'reset', 429);
    await app.stack.uploader.drop('fruit/trouble.jpg', jpeg);
    const document = await documentOf(app.stack, 'fruit/trouble.jpg');
    expect(document).toMatchObject({ status: 'succeeded', results: [{ attempts: 5 }] });
  });

  it('together with 59 others gets exactly one document', { timeout: 120_000 }, async () => {
    app.stack.prediction.rate.unstored = 10_000;
    const pictures = await Promise.all(
      Array.from({ length: 60 }, (_, index) => drawPicture(92_100_000 + index, { size: 96 })),
    );
    const before = app.stack.prediction.count({ status: 200 });
    await Promise.all(
      pictures.map(({ jpeg }, index) => app.stack.uploader.drop(`fruit/many/${index}.jpg`, jpeg)),
    );
    const documents: PredictionDocument[] = []; // one after another, since asking for all would keep storage busy
    for (const index of pictures.keys())
      documents.push(await documentOf(app.stack, `fruit/many/${index}.jpg`, 90_000));
    expect(documents.every(({ status }) => status === 'succeeded')).toBe(true);
    expect(new Set(documents.map(({ image }) => image.sha256)).size).toBe(60);
    expect(app.stack.prediction.count({ status: 200 }) - before).toBe(60);
  });
});
