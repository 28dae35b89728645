import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import type { Host } from '../../local/host/start.ts';
import { LOCAL_FUNCTION_KEY } from '../../local/stack.ts';
import { sampleZip } from '../support/exportZips.ts';
import { documentOf, newDocumentOf, useStack } from '../support/journeys.ts';

const FIRST = '11111111-1111-4111-8111-111111111111';
const SECOND = '22222222-2222-4222-8222-222222222222';

const stack = useStack();
let host: Host;
const jpegs = new Map<string, Buffer>();

const upload = async (name: string, bytes: Buffer) => {
  const models = stack.current.uploader.container('models');
  await models.createIfNotExists();
  await models.getBlockBlobClient(name).uploadData(bytes);
};
const drop = async (name: string, jpeg = jpegs.get('apple') ?? Buffer.alloc(0)) =>
  stack.current.uploader.drop(name, jpeg);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

beforeAll(async () => {
  for (const [index, tag] of (['apple', 'banana'] as const).entries())
    jpegs.set(tag, (await drawPicture(93_000_001 + index, { tagNames: [tag] })).jpeg);
  await upload('fruit/own.zip', await sampleZip('fruit', FIRST));
  await upload('boxes.zip', await sampleZip('fruit-boxes'));
  await upload('broken.zip', Buffer.from('PK\u0003\u0004 no zip'));
  const service = JSON.parse(stack.current.settings.VISION_MODELS ?? '{}') as Record<
    string,
    { paths: string[] }
  >;
  const models = {
    own: { export: 'fruit/own.zip', task: 'classify', paths: ['own/**'] },
    boxes: { export: 'boxes.zip', task: 'detect', paths: ['detected/**'] },
    broken: { export: 'broken.zip', task: 'classify', paths: ['broken/**'] },
    absent: { export: 'absent.zip', task: 'classify', paths: ['absent/**'] },
    backed: { ...service.fruit, fallback: 'fruit/own.zip', paths: ['backed/**'] },
  };
  const settings = { VISION_MODELS: JSON.stringify(models), RECONCILE_SCHEDULE: '' };
  host = await stack.current.startHost({ settings });
});
afterAll(() => host?.stop());

describe('a model that is an export in the container', () => {
  it('scores dropped pictures as a model of the service does, and says which export it was', async () => {
    stack.current.prediction.reset();
    await Promise.all([
      drop('own/apple.jpg'),
      drop('own/banana.jpg', jpegs.get('banana')),
      drop('detected/one.jpg'),
    ]);
    const [apple, banana, boxes] = await Promise.all(
      ['own/apple.jpg', 'own/banana.jpg', 'detected/one.jpg'].map((name) => documentOf(stack.current, name)),
    );
    const zip = await sampleZip('fruit', FIRST);
    expect(apple).toMatchObject({
      status: 'succeeded',
      results: [
        {
          ...{ model: 'own', task: 'classify', iteration: FIRST, attempts: 1 },
          export: { name: 'fruit/own.zip', iteration: FIRST, sha256: sha256(zip) },
          predictions: [{ tagName: 'apple', tagType: 'Regular' }, {}, {}, {}, {}],
          accepted: [{ tagName: 'apple' }],
        },
      ],
    });
    expect(apple?.results[0]).not.toHaveProperty('projectId');
    expect(banana?.results[0]?.accepted[0]?.tagName).toBe('banana');
    expect(boxes?.results[0]?.accepted[0]?.boundingBox).toMatchObject({ width: expect.any(Number) });
    expect(stack.current.prediction.requests).toEqual([]);
    expect(stack.current.identity.count('https://cognitiveservices.azure.com', 'app')).toBe(0);
  });

  it('answers over HTTP', async () => {
    const answer = await fetch(`${host.url}/api/predict/own`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg', 'x-functions-key': LOCAL_FUNCTION_KEY },
      body: new Uint8Array(jpegs.get('banana') ?? []),
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      results: [{ export: { iteration: FIRST }, accepted: [{ tagName: 'banana' }] }],
    });
  });

  it.each([
    ['broken', 'ExportInvalid', /broken\.zip: The zip cannot be read/u],
    ['absent', 'ExportMissing', /absent\.zip is not in models/u],
  ])('that is %s makes a failed document with code, cause and fix', async (name, code, detail) => {
    await drop(`${name}/a.jpg`);
    const { status, error } = await documentOf(stack.current, `${name}/a.jpg`);
    expect({ status, error }).toMatchObject({
      ...{
        status: 'failed',
        error: { code, detail: expect.stringMatching(detail), fix: expect.any(String) },
      },
    });
  });

  it('is taken up anew when another one is uploaded in its place, without a restart', async () => {
    await upload('fruit/own.zip', await sampleZip('fruit', SECOND));
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    const before = await documentOf(stack.current, 'own/apple.jpg');
    await drop('own/apple.jpg', jpegs.get('banana'));
    const after = await newDocumentOf(stack.current, 'own/apple.jpg', before);
    expect(after.results[0]).toMatchObject({ iteration: SECOND, export: { iteration: SECOND } });
  });
});

describe('a model of the service with a fallback', () => {
  it('is answered by the service as long as that does', async () => {
    await drop('backed/a.jpg');
    const { results } = await documentOf(stack.current, 'backed/a.jpg');
    expect(results[0]).toMatchObject({ publishedName: 'fruit', accepted: [{ tagName: 'apple' }] });
    expect(results[0]).not.toHaveProperty('fallbackFor');
  });

  it('is answered by the export when the service is gone, and the document says so', async () => {
    await stack.current.prediction.close();
    await drop('backed/b.jpg');
    const { status, results } = await documentOf(stack.current, 'backed/b.jpg');
    expect(status).toBe('succeeded');
    expect(results[0]).toMatchObject({
      ...{ model: 'backed', accepted: [{ tagName: 'apple' }], export: { name: 'fruit/own.zip' } },
      fallbackFor: { publishedName: 'fruit', code: 'VisionUnreachable', detail: expect.any(String) },
    });
    expect(results[0]?.attempts).toBeGreaterThan(1);
  });
});
