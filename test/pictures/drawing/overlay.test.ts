import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coloursOf } from '../../../src/pictures/drawing/colours.ts';
import { placeLabel, type Rectangle } from '../../../src/pictures/drawing/labels.ts';
import { fitted, fontLettering } from '../../../src/pictures/drawing/lettering.ts';
import { overlay } from '../../../src/pictures/drawing/overlay.ts';
import { pixelLettering } from '../../../src/pictures/drawing/pixelFont.ts';

const side = fc.integer({ min: 19, max: 1600 });
const fraction = fc.double({ min: -0.2, max: 1.2, noNaN: true });

describe('labels', () => {
  it('lie inside the picture, wherever their box is', () => {
    const rectangle = fc.record({ left: fraction, top: fraction, width: fraction, height: fraction });
    fc.assert(
      fc.property(side, side, rectangle, (width, height, box) => {
        const label = { width: width / 3, height: height / 4 };
        const at = placeLabel(label, scaled(box, width, height), { width, height }, []);
        expect(at.left).toBeGreaterThanOrEqual(0);
        expect(at.top).toBeGreaterThanOrEqual(0);
        expect(at.left + at.width).toBeLessThanOrEqual(width + 1e-6);
        expect(at.top + at.height).toBeLessThanOrEqual(height + 1e-6);
      }),
    );
  });

  it('do not cover each other while there is room', () => {
    const picture = { width: 600, height: 600 };
    const frame = { left: 100, top: 100, width: 200, height: 200 };
    const placed: Rectangle[] = [];
    for (let label = 0; label < 8; label += 1) {
      placed.push(placeLabel({ width: 80, height: 20 }, frame, picture, placed));
    }
    expect(new Set(placed.map(({ left, top }) => `${left} ${top}`)).size).toBe(8);
  });

  it.each([
    ['fonts', fontLettering],
    ['the pixel letters', pixelLettering],
  ])('are never wider than the room they are given, with %s', (_, lettering) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 30, max: 300 }), (text, width) => {
        expect(lettering.width(fitted(text, 20, width, lettering), 20)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('are shortened between characters, and lose neither the probability nor the direction of the line', async () => {
    const long = { boxes: [], captions: [{ tagName: '👩‍👩‍👧‍👦'.repeat(60), probability: 0.5 }] };
    expect(await overlay({ width: 480, height: 480 }, long, fontLettering)).toMatch(/(👩‍👩‍👧‍👦)+… 50\.0 %</u);
    expect(fitted('\u202eelppa\u2028', 10, 500, fontLettering)).toBe('elppa');
  });
});

describe('boxes', () => {
  it('are cut at the edge of the picture', async () => {
    const box = { left: -0.5, top: 0.5, width: 2, height: 2 };
    const markup = await overlay(
      { width: 480, height: 480 },
      { boxes: [{ tagName: 'a', probability: 1, box }], captions: [] },
      fontLettering,
    );
    expect(markup).toContain('<rect x="0" y="240" width="480" height="240"');
  });

  it('have one colour for each tag, another for another, the same in the next picture', () => {
    const tags = ['apple', 'banana', 'cherry', 'fig', 'grapes', 'lemon', 'pear', 'plum'];
    const colourOf = coloursOf(tags);
    expect(new Set(tags.map(colourOf)).size).toBe(tags.length);
    expect(coloursOf(['pear'])('pear')).toBe(coloursOf(['pear'])('pear'));
    expect(coloursOf(tags.toReversed())('pear')).toBe(colourOf('pear'));
  });
});

describe('the pixel letters', () => {
  it('draw ASCII as it is, letters without their accents, and a question mark for what they lack', () => {
    const shape = (text: string) =>
      / d="([^"]*)"/u.exec(pixelLettering.markup(text, { x: 0, y: 8, size: 8, colour: '#fff' }))?.[1];
    expect(shape('Ä')).toBe(shape('A'));
    expect(shape('苹')).toBe(shape('?'));
    expect(shape('|')).toBe('M2 0h1v1h-1zM2 1h1v1h-1zM2 2h1v1h-1zM2 4h1v1h-1zM2 5h1v1h-1zM2 6h1v1h-1z');
    const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
    expect(new Set(ascii.map(shape)).size).toBe(95);
  });
});

const scaled = (box: Rectangle, width: number, height: number): Rectangle => ({
  left: box.left * width,
  top: box.top * height,
  width: box.width * width,
  height: box.height * height,
});
