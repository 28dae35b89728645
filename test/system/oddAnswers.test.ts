import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import type { Oddity } from '../../local/prediction/oddities.ts';
import { waitFor } from '../../local/waiting.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { post, useHost } from '../support/journeys.ts';

/** What the service is free to answer, and some of its accounts do. */
const app = useHost();
let bytes: Buffer;
beforeAll(async () => {
  bytes = (await drawPicture(91_000_007, { count: 3 })).jpeg;
});
afterEach(() => app.stack.prediction.reset());

const odd = (...oddities: Oddity[]) => {
  app.stack.prediction.oddities = new Set(oddities);
};
const posted = async (model: string): Promise<PredictionDocument> => {
  const answer = await post(app.host, { body: new Uint8Array(bytes), model });
  expect(answer.status).toBe(200);
  return (await answer.json()) as PredictionDocument;
};
const predictionsOf = async (model: string) => {
  const [result] = (await posted(model)).results;
  return { predictions: result?.predictions ?? [], accepted: result?.accepted ?? [] };
};

describe('an answer of the service', () => {
  it('in no order is put in order, the most probable first', async () => {
    odd('unsorted');
    const { predictions } = await predictionsOf('fruit');
    const probabilities = predictions.map(({ probability }) => probability);
    expect(probabilities.length).toBeGreaterThan(2);
    expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
  });

  it('with members that nobody knows leaves them out of the document', async () => {
    const before = await predictionsOf('fruit-boxes');
    odd('unknown members');
    const text = JSON.stringify(await posted('fruit-boxes'));
    expect(text).not.toMatch(/novelty/u);
    expect(await predictionsOf('fruit-boxes')).toEqual(before);
  });

  it('without some of its boxes is a document all the same, drawn with those that are there', async () => {
    odd('missing boxes');
    const { predictions } = await predictionsOf('fruit-boxes');
    const boxes = predictions.map(({ boundingBox }) => boundingBox !== undefined);
    expect(new Set(boxes)).toEqual(new Set([true, false]));
    await app.stack.uploader.drop('boxes/odd.jpg', bytes);
    await waitFor('the document', () => app.stack.uploader.document('boxes/odd.jpg'), 30_000);
    const drawn = await fetch(`${app.host.url}/api/predictions/boxes/odd.jpg?format=svg`, {
      headers: { 'x-functions-key': 'local' },
    });
    expect(drawn.status).toBe(200);
    expect(await drawn.text()).toMatch(/^<svg/u);
  });

  it('that holds the Negative tag tells its type', async () => {
    odd('negative tag');
    const { predictions } = await predictionsOf('fruit');
    expect(predictions.filter(({ tagType }) => tagType === 'Negative')).toMatchObject([
      { tagName: 'Negative' },
    ]);
  });

  it('that all of it is odd at once is read', async () => {
    odd('unsorted', 'unknown members', 'missing boxes', 'negative tag');
    expect((await posted('fruit-boxes')).status).toBe('succeeded');
  });
});

it('a Retry-After that is a date is waited for, and the picture scored', async () => {
  odd('dated Retry-After');
  app.stack.prediction.answerNext('429');
  const document = await posted('fruit');
  expect(document.results).toMatchObject([{ attempts: 2, failedAttempts: [{ code: 'RateLimited' }] }]);
  const [refused, answered] = app.stack.prediction.requests;
  expect(refused?.status).toBe('429');
  expect((answered?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThan(900);
});
