import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Annotations } from '../../../src/pictures/drawing/annotations.ts';
import { drawAnnotations } from '../../../src/pictures/drawing/drawing.ts';
import { anyText } from '../../support/anyText.ts';
import { LONGEST_BLOCK_MS, longestBlock } from '../../support/longestBlock.ts';
import { runs } from '../../support/runs.ts';
import { rejection } from '../../support/secrets.ts';
import { bitmap } from '../files.ts';

const plain = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } });
const nothing: Annotations = { boxes: [], captions: [] };
const boxed = (tagName: string, probability = 0.9): Annotations => ({
  boxes: [{ tagName, probability, box: { left: 0.25, top: 0.25, width: 0.5, height: 0.5 } }],
  captions: [],
});
const svgOf = async (bytes: Buffer, marking: Annotations) =>
  (await drawAnnotations(bytes, marking, 'svg')).body.toString();
const pixels = async (png: Buffer) => {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)];
};
const spread = (colour: number[]) => Math.max(...colour) - Math.min(...colour);

describe('a picture with its predictions drawn over it', () => {
  it.each(['#000', '#fff', '#808080'])(
    'shows the box where it is, on a picture that is all %s',
    async (colour) => {
      const bytes = await plain(800, 400, colour).png().toBuffer();
      const { contentType, body } = await drawAnnotations(bytes, boxed('apple'), 'png');
      expect(contentType).toBe('image/png');
      const at = await pixels(body);
      const background = at(400, 200);
      expect(at(200, 200)).not.toEqual(background);
      expect(at(600, 200)).not.toEqual(background);
      expect(at(400, 300)).not.toEqual(background);
      expect(at(100, 300)).toEqual(background);
    },
  );

  it('writes the tag and its probability above the box', async () => {
    const bytes = await plain(800, 800, '#808080').jpeg().toBuffer();
    const at = await pixels((await drawAnnotations(bytes, boxed('apple'), 'png')).body);
    const above = Array.from({ length: 100 * 20 }, (_, index) =>
      at(205 + (index % 100), 176 + Math.floor(index / 100)),
    );
    expect(above.some((colour) => spread(colour) > 60)).toBe(true);
    expect(await svgOf(bytes, boxed('apple'))).toContain('>apple 90.0 %<');
  });

  it('is one file that shows in an <img>: the picture is within', async () => {
    const svg = await svgOf(await plain(500, 500, 'red').jpeg().toBuffer(), boxed('apple'));
    expect(svg).toContain('href="data:image/jpeg;base64,');
    expect((await sharp(Buffer.from(svg)).stats()).dominant.r).toBeGreaterThan(200);
  });

  it.each([
    [4000, 1000, 1600, 400],
    [900, 900, 900, 900],
    [64, 32, 480, 240],
    [1, 1, 480, 480],
  ])('is of a size for screens: %i × %i becomes %i × %i', async (width, height, wide, high) => {
    const bytes = await plain(width, height, 'green').jpeg().toBuffer();
    expect(await svgOf(bytes, nothing)).toContain(`width="${wide}" height="${high}"`);
    const { body } = await drawAnnotations(bytes, nothing, 'png');
    expect(await sharp(body).metadata()).toMatchObject({ width: wide, height: high, format: 'png' });
  });

  it.each([
    [6, 'right'],
    [8, 'left'],
  ] as const)('stands upright whatever the camera’s EXIF orientation %i says', async (orientation, side) => {
    const top = await plain(600, 100, 'red').png().toBuffer();
    const bytes = await plain(600, 400, 'blue')
      .composite([{ input: top, left: 0, top: 0 }])
      .withMetadata({ orientation })
      .jpeg()
      .toBuffer();
    const { body } = await drawAnnotations(bytes, nothing, 'png');
    expect(await sharp(body).metadata()).toMatchObject({ width: 400, height: 600 });
    const at = await pixels(body);
    expect(at(side === 'right' ? 390 : 10, 300)[0]).toBeGreaterThan(200);
    expect(at(side === 'right' ? 10 : 390, 300)[2]).toBeGreaterThan(200);
  });

  it('takes a bitmap too, and refuses what is no picture as the door does', async () => {
    expect((await drawAnnotations(bitmap(40, 30), boxed('apple'), 'png')).body.length).toBeGreaterThan(100);
    const cut = (await plain(64, 64, 'red').jpeg().toBuffer()).subarray(0, -2);
    expect(await rejection(drawAnnotations(cut, nothing, 'svg'))).toMatchObject({ code: 'ImageTruncated' });
    expect(await rejection(drawAnnotations(Buffer.from('text'), nothing, 'svg'))).toMatchObject({
      code: 'ImageTypeUnsupported',
    });
  });

  it('keeps nothing of what the file told beside its pixels', async () => {
    const bytes = await plain(500, 500, 'red')
      .withExif({ IFD0: { Copyright: 'somebody at home' } })
      .jpeg()
      .toBuffer();
    expect(bytes.toString('latin1')).toContain('somebody at home');
    const svg = await svgOf(bytes, nothing);
    const picture = /base64,([^"]+)"/u.exec(svg)?.[1] ?? '';
    expect(Buffer.from(picture, 'base64').toString('latin1')).not.toContain('somebody at home');
  });

  it('shows names as words, whatever they hold, in SVG that can be read', async () => {
    const bytes = await plain(480, 480, 'white').jpeg({ quality: 10 }).toBuffer();
    const evil = '</text><script>alert(1)</script><image href="x" onerror=\'alert(1)\'>&amp;';
    const svg = await svgOf(bytes, boxed(evil));
    expect(svg).not.toMatch(/<script|<image href="x"|onerror='/u);
    expect(svg).toContain('&lt;/text&gt;&lt;script&gt;');
    await fc.assert(
      fc.asyncProperty(anyText({ maxLength: 80 }), async (name) => {
        const drawn = await drawAnnotations(bytes, { ...boxed(name), captions: [name] }, 'svg');
        await expect(sharp(drawn.body).metadata()).resolves.toMatchObject({ format: 'svg' });
      }),
      { numRuns: runs(8) },
    );
  });

  it.each(['svg', 'png'] as const)(
    'never holds the event loop, whatever a document tells, as %s',
    async (format) => {
      const bytes = await plain(480, 480, 'white').jpeg({ quality: 10 }).toBuffer();
      const names = [
        '苹'.repeat(100_000),
        'a\u0300'.repeat(50_000),
        '\u202e'.repeat(100_000),
        '👩‍👩‍👧‍👦'.repeat(10_000),
      ];
      const box = { left: 0.25, top: 0.25, width: 0.5, height: 0.5 };
      // read from JSON as documents are: a string put together here would be copied when it is first looked at
      const numbered = Array.from({ length: 200 }, (_, index) => `${names[index % names.length]}${index}`);
      const read = JSON.parse(JSON.stringify(numbered)) as string[];
      const boxes = Array.from({ length: 20_000 }, (_, index) => ({
        tagName: read[index % read.length] ?? '',
        probability: 0.9,
        box,
      }));
      const annotations = { boxes, captions: boxes };
      let drawn = 0;
      const block = await longestBlock(async () => {
        drawn = (await drawAnnotations(bytes, annotations, format)).body.length;
      });
      expect(drawn).toBeGreaterThan(0);
      expect(block).toBeLessThan(LONGEST_BLOCK_MS);
    },
  );
});
