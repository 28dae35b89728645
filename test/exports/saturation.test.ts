import { expect, it } from 'vitest';
import { saturation } from '../../src/exports/saturation.ts';

const answer = (probabilities: Record<string, number>) =>
  Object.entries(probabilities).map(([tagName, probability]) => ({ tagName, tagId: tagName, probability }));
const all = (...answers: Record<string, number>[]) => saturation(answers.map(answer));

it.each([
  [
    'sure',
    [
      { a: 1, b: 0 },
      { a: 0.9995, b: 0.0005 },
      { a: 1, b: 0 },
    ],
  ],
  [
    'unsure, but all alike, as where all pixels are all but black',
    [
      { a: 0.174, b: 0.1 },
      { a: 0.163, b: 0.11 },
      { a: 0.17, b: 0.1 },
    ],
  ],
] as const)('the same answer to every picture, %s, is warned of', (_, answers) => {
  expect(all(...answers)).toMatch(/All 3 pictures get the same answer, "a" with .*wrong range or order/u);
});

it.each([
  [
    'other tags',
    [
      { a: 1, b: 0 },
      { a: 0, b: 1 },
      { a: 1, b: 0 },
    ],
  ],
  [
    'the same tag, more or less surely',
    [
      { a: 0.99, b: 0.01 },
      { a: 0.8, b: 0.2 },
      { a: 0.9, b: 0.1 },
    ],
  ],
  [
    'too few to tell',
    [
      { a: 1, b: 0 },
      { a: 1, b: 0 },
    ],
  ],
] as const)('%s are not', (_, answers) => {
  expect(all(...answers)).toBeUndefined();
});
