import { expect, test } from 'vitest';
import { trainClassifier } from '../../../local/training/classifier.ts';
import { trainDetector } from '../../../local/training/detector.ts';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test("the classifier's loss falls in twenty steps", async () => {
  const losses: number[] = [];
  await trainClassifier({ steps: 20, pictures: 16, threads: 1, report: (_, loss) => losses.push(loss) });
  expect(mean(losses.slice(-4))).toBeLessThan(0.95 * mean(losses.slice(0, 4)));
});

test('training gives the same file each time', async () => {
  const model = await trainClassifier({ steps: 3, pictures: 16, threads: 1 });
  expect(Buffer.compare(await trainClassifier({ steps: 3, pictures: 16, threads: 1 }), model)).toBe(0);
  expect(Buffer.compare(await trainClassifier({ steps: 4, pictures: 16, threads: 1 }), model)).not.toBe(0);
});

test("the detector's loss falls in a few steps", async () => {
  const losses: number[] = [];
  await trainDetector({ steps: 10, pictures: 8, threads: 1, report: (_, loss) => losses.push(loss) });
  expect(mean(losses.slice(-3))).toBeLessThan(mean(losses.slice(0, 3)));
});
