import { describe, expect, it } from 'vitest';
import { matchingRules } from '../../src/notify/rules.ts';
import { readNotify, type When } from '../../src/settings/notify.ts';
import { type PredictionDocument, ranked } from '../../src/storage/document.ts';

const to = { topic: 'https://fruit.westeurope-1.eventgrid.azure.net/api/events' };
const rulesOf = (...rules: unknown[]) =>
  readNotify(JSON.stringify(rules), (problem) => {
    throw new Error(JSON.stringify(problem));
  });
const result = (model: string, tags: Record<string, number>, threshold = 0.5) => ({
  ...{
    model,
    projectId: '7b1d4c9e-0a36-4f5b-8e2d-5c6f7a8b9d01',
    publishedName: model,
    task: 'classify' as const,
  },
  ...{ iteration: 'i', predictionId: 'p', attempts: 1, failedAttempts: [], durationMs: 1 },
  ...ranked(
    Object.entries(tags).map(([tagName, probability]) => ({ tagName, tagId: 't', probability })),
    { threshold },
  ),
});
const document = (own: Partial<PredictionDocument> = {}): PredictionDocument => ({
  status: 'succeeded',
  image: { name: 'orchard/tree-7.jpg' },
  results: [
    result('fruit', { lemon: 0.9, pear: 0.55, apple: 0.05 }),
    result('ripe', { ripe: 0.3, lemon: 0.2 }),
  ],
  completedAt: '2026-11-26T12:00:00Z',
  ...own,
});
const isTold = (when: When, own: Partial<PredictionDocument> = {}, models = ['fruit', 'ripe']) =>
  matchingRules(rulesOf({ when, to }), document(own), models).length === 1;

describe('a rule', () => {
  it.each<[When, boolean]>([
    [{}, true],
    [{ tags: ['lemon'] }, true],
    [{ tags: ['LEMON', 'plum'] }, true],
    [{ tags: ['apple'] }, false],
    [{ tags: ['apple'], probability: 0.05 }, true],
    [{ tags: ['lemon'], probability: 0.91 }, false],
    [{ probability: 0.9 }, true],
    [{ models: ['ripe'], tags: ['lemon'] }, false],
    [{ models: ['ripe'], tags: ['lemon'], probability: 0.2 }, true],
    [{ models: ['other'] }, false],
    [{ uncertain: [0.4, 0.6] }, true],
    [{ uncertain: [0.55, 0.55] }, true],
    [{ uncertain: [0.6, 0.8] }, false],
    [{ uncertain: [0.2, 0.6], tags: ['lemon'] }, true],
    [{ uncertain: [0.4, 0.6], tags: ['lemon'] }, false],
    [{ uncertain: [0.4, 0.6], probability: 0.56 }, false],
    [{ paths: ['orchard/**'] }, true],
    [{ paths: ['meadow/**', '*.jpg'] }, false],
    [{ status: 'succeeded' }, true],
    [{ status: 'failed' }, false],
    [{ status: 'succeeded', tags: ['lemon'], paths: ['meadow/**'] }, false],
  ])('%j: all that is named must hold → %s', (when, told) => {
    expect(isTold(when)).toBe(told);
  });

  it('of failures looks at the models the picture goes to, answered or not', () => {
    const failed = { status: 'failed' as const, results: [result('fruit', { lemon: 0.9 })] };
    expect(isTold({ status: 'failed', models: ['ripe'] }, failed)).toBe(true);
    expect(isTold({ status: 'failed', models: ['other'] }, failed)).toBe(false);
  });

  it('of predictions is told of a failed document too, where another model did answer', () => {
    const failed = { status: 'failed' as const, results: [result('fruit', { lemon: 0.9 })] };
    expect(isTold({ tags: ['lemon'] }, failed)).toBe(true);
    expect(isTold({ tags: ['lemon'], status: 'succeeded' }, failed)).toBe(false);
  });
});

describe('several rules', () => {
  it('of one target tell it once; of different targets each', () => {
    const other = { topic: 'https://other.westeurope-1.eventgrid.azure.net/api/events' };
    const rules = rulesOf({ when: { tags: ['pear'] }, to }, { to }, { to: other });
    expect(matchingRules(rules, document(), ['fruit'])).toEqual([rules[0], rules[2]]);
  });
});
