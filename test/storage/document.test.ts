import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { describeError, failed, resultOf, succeeded } from '../../src/storage/document.ts';
import { modelAt } from '../support/visionParts.ts';

const model = modelAt('https://fruit.cognitiveservices.azure.com', { name: 'fruit', threshold: 0.6 });
const prediction = (tagName: string, probability: number) => ({ tagName, tagId: tagName, probability });
const scored = (...predictions: ReturnType<typeof prediction>[]) => ({
  value: { predictionId: 'p', iteration: 'i', predictions },
  attempts: 2,
  failedAttempts: [{ code: 'VisionTimeout' as const, durationMs: 9 }],
  durationMs: 17,
});

describe('a result', () => {
  it('names the model and has all predictions, the most probable first', () => {
    const predictions = [prediction('pear', 0.2), prediction('apple', 0.9), prediction('plum', 0.6)];
    expect(resultOf(model, scored(...predictions))).toEqual({
      model: 'fruit',
      projectId: model.projectId,
      publishedName: 'fruit',
      task: 'classify',
      iteration: 'i',
      predictionId: 'p',
      predictions: [predictions[1], predictions[2], predictions[0]],
      accepted: [predictions[1], predictions[2]],
      threshold: 0.6,
      attempts: 2,
      failedAttempts: [{ code: 'VisionTimeout', durationMs: 9 }],
      durationMs: 17,
    });
  });

  it('accepts exactly what is at or above the threshold, the caller’s before the model’s', () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(probability),
        fc.option(probability, { nil: undefined }),
        (probabilities, threshold) => {
          const predictions = probabilities.map((each, index) => prediction(`tag ${index}`, each));
          const result = resultOf(
            model,
            scored(...predictions),
            threshold === undefined ? {} : { threshold },
          );
          const limit = threshold ?? 0.6;
          expect(result.threshold).toBe(limit);
          const sorted = predictions.toSorted((a, b) => b.probability - a.probability);
          expect(result.predictions).toEqual(sorted);
          expect(result.accepted).toEqual(sorted.filter((each) => each.probability >= limit));
        },
      ),
    );
  });

  it('holds at most the top predictions, whatever order the service answered in', () => {
    const predictions = [prediction('c', 0.7), prediction('a', 0.9), prediction('b', 0.8)];
    const best = [predictions[1], predictions[2]];
    expect(resultOf(model, scored(...predictions), { top: 2 })).toMatchObject({
      predictions: best,
      accepted: best,
    });
    expect(resultOf(model, scored(...predictions), { top: 9 }).predictions).toHaveLength(3);
  });
});

describe('a document', () => {
  it('that succeeded has results, a time and no error', () => {
    const document = succeeded({ name: 'a.jpg' }, [resultOf(model, scored())]);
    expect(document).toMatchObject({
      status: 'succeeded',
      image: { name: 'a.jpg' },
      results: [{ model: 'fruit' }],
    });
    expect(document).not.toHaveProperty('error');
    expect(Math.abs(Date.parse(document.completedAt) - Date.now())).toBeLessThan(5_000);
  });

  it('that failed says what happened and what to do, and holds no cause', () => {
    const cause = new Error('inner workings');
    const document = failed(
      { name: 'a.jpg' },
      describeError(new KeylessError('ImageTruncated', 'Half of it.', { cause, fix: 'Whole.' })),
    );
    expect(document).toMatchObject({
      status: 'failed',
      results: [],
      error: {
        code: 'ImageTruncated',
        title: 'The picture is cut off',
        detail: 'Half of it.',
        fix: 'Whole.',
      },
    });
    expect(JSON.stringify(document)).not.toContain('inner workings');
  });
});
