import sharp from 'sharp';
import { expect, test } from 'vitest';
import { tagNames } from '../../../local/drawing/fruits.ts';
import { drawPicture, noisyPixels } from '../../../local/drawing/picture.ts';
import { drawScene } from '../../../local/drawing/scene.ts';

const seeds = Array.from({ length: 100 }, (_, i) => 20_000_000 + i);

test('the same seed draws the same scene, another seed another one', () => {
  const options = { size: 320, count: 3, scale: [0.22, 0.7] } as const;
  expect(drawScene(5, options)).toEqual(drawScene(5, options));
  expect(drawScene(6, options).svg).not.toBe(drawScene(5, options).svg);
});

test('all boxes lie inside the picture and all five tags appear', () => {
  const boxes = seeds.flatMap((seed) => drawScene(seed, { size: 320, count: 4, scale: [0.22, 0.7] }).boxes);
  expect(boxes.length).toBeGreaterThan(300);
  expect(new Set(boxes.map((box) => box.tagName))).toEqual(new Set(tagNames));
  for (const { left, top, width, height } of boxes) {
    expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
    expect(Math.min(width, height)).toBeGreaterThan(0);
    expect(Math.max(left + width, top + height)).toBeLessThanOrEqual(1 + 1e-9);
  }
});

test('a box is tight around the pixels of its fruit', async () => {
  for (const seed of seeds.slice(0, 20)) {
    const { svg, boxes } = drawScene(seed, { size: 200, count: 1, scale: [0.5, 0.6], tagNames: ['lemon'] });
    // Only the fruit's own filled polygons, in black on white: shadows and highlights are ellipses, strokes have no fill.
    const body = svg.match(/<path d="[^"]*Z" fill="hsl\([^)]*\)"[^>]*\/>(?!.*<rect)/g) ?? [];
    const fruit = body
      .filter((path) => !path.includes('rotate'))
      .join('')
      .replaceAll(/(stroke|fill)="[^"]*"/g, '');
    const alone = Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200">${fruit}</svg>`,
    );
    const { info } = await sharp(alone)
      .trim({ background: '#0000', threshold: 0 })
      .png()
      .toBuffer({ resolveWithObject: true });
    expect(Math.abs(info.width - (boxes[0]?.width ?? 0) * 200)).toBeLessThan(3);
    expect(Math.abs(info.height - (boxes[0]?.height ?? 0) * 200)).toBeLessThan(3);
  }
});

test('only the wanted tags are drawn', () => {
  const boxes = seeds.flatMap(
    (seed) => drawScene(seed, { size: 100, count: 2, scale: [0.2, 0.4], tagNames: ['grapes'] }).boxes,
  );
  expect(new Set(boxes.map((box) => box.tagName))).toEqual(new Set(['grapes']));
});

test('a picture is a JPEG of the wanted size with the wanted number of fruits', async () => {
  const { jpeg, boxes } = await drawPicture(7, { size: 300, count: 2 });
  expect(await sharp(jpeg).metadata()).toMatchObject({ format: 'jpeg', width: 300, height: 300 });
  expect(boxes).toHaveLength(2);
});

test('noisy pixels are the same for the same seed and come as three planes', async () => {
  const { svg } = drawScene(3, { size: 64, count: 1, scale: [0.5, 0.9] });
  const planes = await noisyPixels(svg, 32, 3);
  expect(planes).toHaveLength(3 * 32 * 32);
  expect(await noisyPixels(svg, 32, 3)).toEqual(planes);
  expect(await noisyPixels(svg, 32, 4)).not.toEqual(planes);
});
