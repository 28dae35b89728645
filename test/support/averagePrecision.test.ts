import { expect, test } from 'vitest';
import type { DrawnBox } from '../../local/drawing/scene.ts';
import type { Prediction } from '../../local/prediction/predictor.ts';
import { averagePrecision } from './averagePrecision.ts';

const apple: DrawnBox = { tagName: 'apple', left: 0.1, top: 0.1, width: 0.4, height: 0.4 };
const lemon: DrawnBox = { tagName: 'lemon', left: 0.6, top: 0.6, width: 0.2, height: 0.2 };

const found = ({ tagName, ...boundingBox }: DrawnBox, probability: number): Prediction => ({
  ...{ probability, tagId: '', tagName, tagType: 'Regular' as const },
  boundingBox,
});

test('is 1 when every box is found and nothing else is', () => {
  expect(
    averagePrecision([{ boxes: [apple, lemon], predictions: [found(lemon, 0.8), found(apple, 0.9)] }]),
  ).toBe(1);
});

test('counts a second prediction of the same box, a wrong tag and a box far off as wrong', () => {
  const wrong = [
    found(apple, 0.8),
    found({ ...lemon, tagName: 'apple' }, 0.95),
    found({ ...lemon, left: 0 }, 0.7),
  ];
  const scene = { boxes: [apple, lemon], predictions: [found(apple, 0.9), ...wrong] };
  expect(averagePrecision([scene])).toBe(0.25);
});

test('is 0 when nothing is found', () => {
  expect(averagePrecision([{ boxes: [apple], predictions: [] }])).toBe(0);
});
