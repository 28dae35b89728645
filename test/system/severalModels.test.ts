import { beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { DEFAULT_PROJECT_ID } from '../../local/prediction/models.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { documentOf, type Problem, post, useStack } from '../support/journeys.ts';

const stack = useStack();
let host: Awaited<ReturnType<typeof stack.current.startHost>>;

beforeAll(async () => {
  const at = (publishedName: string, task: string, paths: string[]) => ({
    endpoint: stack.current.prediction.url,
    projectId: DEFAULT_PROJECT_ID,
    publishedName,
    task,
    paths,
  });
  host = await stack.current.startHost({
    settings: {
      VISION_MODELS: JSON.stringify({
        kinds: at('fruit', 'classify', ['**']),
        places: at('fruit-boxes', 'detect', ['orchard/**', 'trees/**']),
        next: at('fruit-v2', 'classify', ['trees/**']),
      }),
    },
  });
});

const picture = async () => (await drawPicture(96_000_001, { tagNames: ['strawberry'] })).jpeg;
const calls = () => stack.current.prediction.requests.map(({ publishedName }) => publishedName);
const drop = async (name: string): Promise<PredictionDocument> => {
  await stack.current.uploader.drop(name, await picture());
  return documentOf(stack.current, name);
};

describe('a dropped picture that several models’ paths match', () => {
  it('gets one document with a result of each, in the order of the settings', async () => {
    const before = calls().length;
    const { status, results, image } = await drop('orchard/both.jpg');
    expect([status, image.name]).toEqual(['succeeded', 'orchard/both.jpg']);
    expect(results.map(({ model, publishedName, task }) => [model, publishedName, task])).toEqual([
      ['kinds', 'fruit', 'classify'],
      ['places', 'fruit-boxes', 'detect'],
    ]);
    for (const { predictions } of results) expect(predictions[0]?.tagName).toBe('strawberry');
    expect(results.map(({ predictions }) => predictions[0]?.boundingBox !== undefined)).toEqual([
      false,
      true,
    ]);
    expect(calls().slice(before).toSorted()).toEqual(['fruit', 'fruit-boxes']);
  });

  it('that only one matches gets a result of that one', async () => {
    expect((await drop('elsewhere/one.jpg')).results.map(({ model }) => model)).toEqual(['kinds']);
  });

  it('fails with the error of the unpublished one, and keeps the results of the others', async () => {
    const { status, results, error } = await drop('trees/three.jpg');
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'ModelNotPublished', fix: expect.stringContaining('Publish') });
    expect(error?.detail).toContain('fruit-v2');
    expect(results.map(({ model }) => model)).toEqual(['kinds', 'places']);
    for (const { accepted } of results) expect(accepted[0]?.tagName).toBe('strawberry');
  });

  it('ends whole when one of them meets trouble that passes', async () => {
    stack.current.prediction.faults.next(503);
    const { status, results } = await drop('orchard/trouble.jpg');
    expect([status, results.length]).toEqual(['succeeded', 2]);
    expect(results.map(({ attempts }) => attempts).toSorted()).toEqual([1, 2]);
  });
});

describe('a posted picture', () => {
  it.each([
    ['kinds', 'classify'],
    ['places', 'detect'],
  ])('goes to the model of the route alone: %s', async (model, task) => {
    const before = calls().length;
    const answer = await post(host, { body: new Uint8Array(await picture()), model });
    expect(answer.status).toBe(200);
    const { results } = (await answer.json()) as PredictionDocument;
    expect(results.map((each) => [each.model, each.task])).toEqual([[model, task]]);
    expect(calls().length).toBe(before + 1);
  });

  it('for the unpublished one is answered 502 with what to do', async () => {
    const answer = await post(host, { body: new Uint8Array(await picture()), model: 'next' });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ code: 'ModelNotPublished' });
  });

  it.each([
    ['an unknown model', 'pears'],
    ['a published name that is no name of the settings', 'fruit'],
    ['a model in other letters', 'Kinds'],
    ['no model', ''],
  ])('for %s is answered 404 with the names there are, and nothing is asked', async (_, model) => {
    const before = calls().length;
    const answer = await post(host, { body: new Uint8Array(await picture()), model });
    expect(answer.status).toBe(404);
    const problem = (await answer.json()) as Problem;
    expect(problem.code).toBe('ModelUnknown');
    expect(problem.detail).toContain('kinds, places, next');
    expect(calls().length).toBe(before);
  });
});
