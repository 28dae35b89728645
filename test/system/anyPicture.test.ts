import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { area, commonArea, type Rectangle } from '../../local/drawing/shape.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { documentOf, post, useHost } from '../support/journeys.ts';
import { largePng, type Photograph, phonePhotograph } from '../support/phonePictures.ts';

const MB = 1_000_000;
const SERVICE_BYTES = 4 * 1024 * 1024;

const app = useHost();
let phone: Photograph;
let png: Photograph;
beforeAll(async () => {
  [phone, png] = [await phonePhotograph('apple'), await largePng('banana')];
}, 60_000);

type Way = (name: string, bytes: Buffer) => Promise<PredictionDocument>;
/** The picture goes to the classifier below fruit/ and to the detector below boxes/. */
const ways: [string, Way][] = [
  [
    'posted',
    async (name, bytes) => {
      const model = name.startsWith('boxes/') ? 'fruit-boxes' : 'fruit';
      const answer = await post(app.host, { body: new Uint8Array(bytes), model });
      expect(answer.status).toBe(200);
      return (await answer.json()) as PredictionDocument;
    },
  ],
  [
    'dropped',
    async (name, bytes) => {
      await app.stack.uploader.drop(name, bytes);
      return documentOf(app.stack, name);
    },
  ],
];

const top = ({ status, results }: PredictionDocument) => {
  expect(status).toBe('succeeded');
  return results[0]?.predictions[0];
};
const overlap = (a: Rectangle, b: Rectangle | undefined) => {
  const common = b ? commonArea(a, b) : 0;
  return common / (area(a) + (b ? area(b) : 0) - common);
};

describe.each(ways)('%s', (_, send) => {
  it('a phone’s 24 megapixels, stored lying, are scored upright and small enough', async () => {
    expect(phone.bytes.length).toBeGreaterThan(11 * MB);
    const document = await send('fruit/phone.jpg', phone.bytes);
    expect(top(document)?.tagName).toBe('apple');
    const { image } = document;
    expect(image).toMatchObject({
      contentType: 'image/jpeg',
      width: 4000,
      height: 6000,
      bytes: phone.bytes.length,
    });
    expect(image.sent?.steps).toEqual(
      expect.arrayContaining([
        'turned upright (EXIF orientation 6)',
        expect.stringMatching(/^shrunk from 4,000 × 6,000 to [\d,]+ × [\d,]+ pixels$/u),
        expect.stringMatching(/^saved as JPEG of quality \d\d$/u),
      ]),
    );
    expect(image.sent?.bytes).toBeLessThanOrEqual(SERVICE_BYTES);
  });

  it('a phone’s picture gets boxes where things are in the upright picture', async () => {
    const best = top(await send('boxes/phone.jpg', phone.bytes));
    expect(best?.tagName).toBe('apple');
    expect(overlap(phone.box, best?.boundingBox)).toBeGreaterThan(0.7);
  });

  it('a PNG of over 20 MB is scored as a JPEG', async () => {
    expect(png.bytes.length).toBeGreaterThan(20 * MB);
    const document = await send('fruit/large.png', png.bytes);
    expect(top(document)?.tagName).toBe('banana');
    expect(document.image).toMatchObject({ contentType: 'image/png', sent: { contentType: 'image/jpeg' } });
    expect(document.image.sent?.steps).toContain('converted from PNG');
  });

  it('a WebP is converted, and a box is found in it', async () => {
    const drawn = await drawPicture(94_000_002, { tagNames: ['grapes'] });
    const document = await send('boxes/drawn.webp', await sharp(drawn.jpeg).webp().toBuffer());
    const best = top(document);
    expect(best?.tagName).toBe('grapes');
    expect(
      overlap(drawn.boxes[0] ?? { left: 0, top: 0, width: 0, height: 0 }, best?.boundingBox),
    ).toBeGreaterThan(0.7);
    expect(document.image).toMatchObject({
      contentType: 'image/webp',
      width: 640,
      height: 640,
      sent: { steps: ['converted from WebP', 'saved as JPEG of quality 90'], width: 640, height: 640 },
    });
  });

  it('a strip of 12,000 × 400 pixels is shrunk and padded, and what is on it keeps its shape', async () => {
    const document = await send('fruit/strip.png', await strip());
    expect(top(document)?.probability).toBeGreaterThan(0);
    expect(document.image).toMatchObject({
      width: 12_000,
      height: 400,
      sent: { width: 10_000, height: 400 },
    });
    expect(document.image.sent?.steps).toEqual([
      'converted from PNG',
      'shrunk from 12,000 × 400 to 10,000 × 333 pixels',
      'padded with grey to 10,000 × 400 pixels',
      expect.stringMatching(/^saved as JPEG/u),
    ]);
  });

  it('a GIF of one pixel goes as it came', async () => {
    const pixel = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
      .gif()
      .toBuffer();
    const document = await send('fruit/pixel.gif', pixel);
    expect(top(document)?.probability).toBeGreaterThan(0);
    expect(document.image).toMatchObject({ width: 1, height: 1, sent: { steps: [], bytes: pixel.length } });
  });
});

const strip = () =>
  sharp({ create: { width: 12_000, height: 400, channels: 3, background: 'olive' } })
    .png()
    .toBuffer();
