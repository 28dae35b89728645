import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { scorePicture } from '../../src/scoring/scorePicture.ts';
import { findDocument } from '../../src/storage/store.ts';
import { freshPicture, type Scoring, startScoring } from '../support/scoring.ts';

/** Calls are counted: none is to be tried again because this machine is slow. */
const budget = { total: 20_000, attempt: 10_000, firstWait: 5 };
let scoring: Scoring;
beforeAll(async () => {
  scoring = await startScoring();
});
afterAll(() => scoring?.close());
beforeEach(() => scoring.vision.server.reset());

it('scores again what has its document, and marks it with the iteration that answered', async () => {
  await scoring.storage.drop('one.jpg', freshPicture());
  const parts = await scoring.parts({ budget });
  const { classifier, server } = scoring.vision;
  for (const iteration of [classifier.iterationId, randomUUID()]) {
    classifier.iterationId = iteration;
    expect(await scorePicture(parts, 'one.jpg', { anew: 'default' })).toMatchObject({ kind: 'written' });
    expect(await scorePicture(parts, 'one.jpg')).toEqual({ kind: 'already done' });
    const found = await findDocument(parts.containers.predictions, 'one.jpg');
    expect(found?.mark?.iterations).toEqual([iteration]);
  }
  expect(server.requests).toHaveLength(2);
});

it('pays once where two score it anew at the same time', async () => {
  await scoring.storage.drop('two.jpg', freshPicture());
  const parts = await scoring.parts({ budget });
  await scorePicture(parts, 'two.jpg');
  scoring.vision.server.faults.latencyMs = 300;
  const both = ['two.jpg', 'two.jpg'].map((name) => scorePicture(parts, name, { anew: 'default' }));
  expect((await Promise.all(both)).map(({ kind }) => kind).toSorted()).toEqual(['already done', 'written']);
  expect(scoring.vision.server.requests).toHaveLength(2);
});

it('asks the named model alone, and keeps what the others have answered', async () => {
  await scoring.storage.drop('three.jpg', freshPicture());
  const { vision } = scoring;
  const models = [vision.model(), vision.model({ name: 'boxes', task: 'detect' })];
  const parts = await scoring.parts({ models });
  await scorePicture(parts, 'three.jpg');
  const before = await scoring.documentOf('three.jpg');
  vision.server.reset();
  vision.classifier.iterationId = randomUUID();
  await scorePicture(parts, 'three.jpg', { anew: 'default' });
  const { results } = await scoring.documentOf('three.jpg');
  expect(results.map(({ iteration }) => iteration)).toEqual([
    vision.classifier.iterationId,
    vision.detector.iterationId,
  ]);
  expect(results[1]).toEqual(before.results[1]);
  expect(vision.server.requests).toHaveLength(1);
});
