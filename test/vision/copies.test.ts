import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PredictionServer } from '../../local/prediction/contract.ts';
import { startPredictionServer } from '../../local/prediction/server.ts';
import { picture } from '../local/prediction/parts.ts';
import { ONCE, QUICK, startVisionParts, type VisionParts } from '../support/visionParts.ts';

let parts: VisionParts;
let other: PredictionServer;
beforeAll(async () => {
  parts = await startVisionParts();
  const { identity, classifier } = parts;
  const unlimited = { stored: Number.POSITIVE_INFINITY, unstored: Number.POSITIVE_INFINITY };
  other = await startPredictionServer({ models: { fruit: classifier }, identity, rate: unlimited });
});
afterAll(async () => {
  await other.close();
  await parts.close();
});
beforeEach(() => {
  parts.server.reset();
  other.reset();
});

/** A model at two accounts of so many calls a second. */
const twice = (rate: number) => {
  const model = parts.model({ rate });
  const { projectId, publishedName, task } = model;
  return {
    ...model,
    copies: [{ endpoint: other.url, projectId, publishedName, task }],
  };
};
const image = { bytes: picture() };

describe('a model with a copy in another account', () => {
  it('is asked at whichever is free first, so that both rates are used', async () => {
    const model = twice(10);
    const started = performance.now();
    const budget = { total: 8_000, attempt: 8_000, firstWait: 8_000 };
    await Promise.all(Array.from({ length: 20 }, () => parts.client.predict(model, image, budget)));
    expect([parts.server.count(), other.count()]).toEqual([10, 10]);
    expect(performance.now() - started).toBeLessThan(1_900); // at one account it is at least two seconds
  });

  it('tells which copy answered, and nothing where the model itself did', async () => {
    const model = twice(1_000);
    const answers = [
      await parts.client.predict(model, image, ONCE),
      await parts.client.predict(model, image, ONCE),
    ];
    const { projectId, publishedName } = model;
    expect(answers.map(({ value }) => value.copy)).toEqual(
      expect.arrayContaining([undefined, { projectId, publishedName }]),
    );
  });

  it('is answered for by the other account where one has had too many calls', async () => {
    const model = twice(1_000);
    parts.server.faults.always({ status: 429, headers: { 'retry-after': '60' } });
    for (let sent = 0; sent < 5; sent += 1) await parts.client.predict(model, image, QUICK);
    expect(other.count({ status: 200 })).toBe(5);
    expect(parts.server.count()).toBeLessThanOrEqual(1); // the pause it asked for is kept
  });
});
