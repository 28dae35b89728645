import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { type ScoringOptions, scorePicture } from '../../src/scoring/scorePicture.ts';
import { claimPicture } from '../../src/storage/claim.ts';
import { changeOutbox } from '../../src/storage/outboxes.ts';
import { findDocument } from '../../src/storage/store.ts';
import { type Scoring, startScoring } from '../support/scoring.ts';

/** Calls are counted: none is to be tried again because this machine is slow. */
const budget = { total: 20_000, attempt: 10_000, firstWait: 5 };
let scoring: Scoring;
beforeAll(async () => {
  scoring = await startScoring();
});
afterAll(() => scoring?.close());
beforeEach(() => scoring.vision.server.reset());

it('scores again what has its document, and marks it with the iteration that answered', async () => {
  await scoring.dropFresh('one.jpg');
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
  await scoring.dropFresh('two.jpg');
  const parts = await scoring.parts({ budget });
  await scorePicture(parts, 'two.jpg');
  scoring.vision.server.faults.latencyMs = 300;
  const both = ['two.jpg', 'two.jpg'].map((name) => scorePicture(parts, name, { anew: 'default' }));
  expect((await Promise.all(both)).map(({ kind }) => kind).toSorted()).toEqual(['already done', 'written']);
  expect(scoring.vision.server.requests).toHaveLength(2);
});

describe('that somebody was told of meanwhile, which changes its document’s ETag', () => {
  const waits = { target: 'orders', state: 'waits', at: 0, attempts: 0 } as const;
  const told = { ...waits, state: 'told' } as const;
  /** A picture with its document, and a new iteration that is to answer. */
  async function outdated(name: string) {
    await scoring.dropFresh(name);
    const parts = await scoring.parts({ budget });
    await scorePicture(parts, name);
    const { predictions } = parts.containers;
    await changeOutbox(predictions, name, () => [waits]);
    const iteration = randomUUID();
    scoring.vision.classifier.iterationId = iteration;
    scoring.vision.server.reset();
    return { parts, iteration, tell: () => changeOutbox(predictions, name, () => [told]) };
  }

  it('before its turn came: it is scored all the same', async () => {
    const { parts, iteration, tell } = await outdated('four.jpg');
    const claim = await claimPicture(parts.containers.claims, 'four.jpg', 1_000);
    let asked = (_path: string) => {};
    const waiting = new Promise<string>((resolve) => {
      asked = resolve;
    });
    const containers = await scoring.containers(async ({ path }) => {
      if (path.startsWith('/predictions-claims/')) asked(path);
      return undefined;
    });
    const scored = scorePicture({ ...parts, containers }, 'four.jpg', { anew: 'default' });
    await waiting;
    await tell();
    await claim.release();
    expect(await scored).toMatchObject({ kind: 'written' });
    expect((await scoring.documentOf('four.jpg')).results[0]?.iteration).toBe(iteration);
  });

  it.each<[string, ScoringOptions]>([
    ['anew, by another iteration', { anew: 'default' }],
    ['again, after it failed', { failedAgain: true }],
  ])('while it was scored %s: what was paid for is written', async (how, options) => {
    const name = `${how}.jpg`;
    const { parts, iteration, tell } = await outdated(name);
    if (options.failedAgain) {
      await scoring.dropFresh(name);
      await scorePicture(
        { ...parts, ask: () => Promise.reject(new KeylessError('ModelNotPublished', 'It is not.')) },
        name,
      );
      expect((await scoring.documentOf(name)).status).toBe('failed');
      scoring.vision.server.reset();
    }
    const ask: typeof parts.ask = async (...call) => {
      const answer = await parts.ask(...call);
      await tell();
      return answer;
    };
    expect(await scorePicture({ ...parts, ask }, name, options)).toMatchObject({ kind: 'written' });
    expect((await scoring.documentOf(name)).results[0]?.iteration).toBe(iteration);
    expect(scoring.vision.server.requests).toHaveLength(1);
  });
});

it('asks the named model alone, and keeps what the others have answered', async () => {
  await scoring.dropFresh('three.jpg');
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
