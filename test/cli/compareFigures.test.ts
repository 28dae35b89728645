import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePicture, matchBoxes, median, sayingOf, summarise } from '../../src/cli/compare/comparison.ts';
import type { Prediction } from '../../src/prediction.ts';

const box = (tagName: string, left: number, probability = 0.9): Prediction => ({
  ...{ tagName, tagId: tagName, probability },
  boundingBox: { left, top: 0, width: 0.2, height: 0.2 },
});
const tag = (tagName: string, probability: number): Prediction => ({ tagName, tagId: tagName, probability });

describe('boxes of two detectors', () => {
  it('are paired by tag, those that overlap most first, each once', () => {
    const { overlaps, onlyA, onlyB } = matchBoxes(
      [box('apple', 0), box('apple', 0.1), box('lemon', 0.5)],
      [box('apple', 0.1), box('pear', 0.5), box('apple', 0.15)],
    );
    // the second apple is the same; the first one is left with the one it overlaps by a quarter of its width
    expect(overlaps).toEqual([1, expect.closeTo(0.05 / 0.35, 6)]);
    expect([onlyA, onlyB]).toEqual([1, 1]);
  });

  it('are all counted once, whichever of the two is named first', () => {
    const prediction = fc.record({
      tagName: fc.constantFrom('apple', 'lemon'),
      tagId: fc.constant(''),
      probability: fc.double({ min: 0, max: 1, noNaN: true }),
      boundingBox: fc.record({
        left: fc.double({ min: 0, max: 1, noNaN: true }),
        top: fc.double({ min: 0, max: 1, noNaN: true }),
        width: fc.double({ min: 0, max: 1, noNaN: true }),
        height: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    });
    const boxes = fc.array(prediction, { maxLength: 8 });
    fc.assert(
      fc.property(boxes, boxes, (a, b) => {
        const { overlaps, onlyA, onlyB } = matchBoxes(a, b);
        expect(overlaps.length + onlyA).toBe(a.length);
        expect(overlaps.length + onlyB).toBe(b.length);
        for (const share of overlaps) expect(share > 0 && share <= 1 + 1e-9).toBe(true);
      }),
    );
  });
});

describe('a comparison', () => {
  const compared = (a: Prediction[], b: Prediction[]) =>
    comparePicture('tree.jpg', sayingOf(a, 10, 0.5), sayingOf(b, 20, 0.5), 'classify');

  it('agrees where the most probable tag is the same, but tells of a tag that was accepted and is not any more', () => {
    expect(compared([tag('apple', 0.9)], [tag('apple', 0.6)])).toMatchObject({
      agreed: true,
      changed: false,
    });
    expect(compared([tag('apple', 0.9)], [tag('apple', 0.4)])).toMatchObject({ agreed: true, changed: true });
    expect(compared([tag('apple', 0.9)], [tag('lemon', 0.9)])).toMatchObject({
      agreed: false,
      changed: true,
    });
    expect(compared([], [])).toMatchObject({ agreed: true, changed: false });
  });

  it('is summed up with the median of each', () => {
    const all = [compared([tag('apple', 0.9)], [tag('apple', 0.9)]), compared([], [tag('apple', 0.9)])];
    expect(summarise(all)).toEqual({ pictures: 2, agreed: 1, changed: 1, medianMs: { a: 10, b: 20 } });
    expect(summarise([])).toEqual({ pictures: 0, agreed: 0, changed: 0, medianMs: { a: 0, b: 0 } });
  });

  it('has the middle as its median', () => {
    expect([median([]), median([7]), median([9, 1]), median([3, 100, 1])]).toEqual([0, 7, 5, 3]);
  });
});
