import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Model } from '../../src/settings/settings.ts';
import { VISION_SCOPE } from '../../src/vision/client.ts';
import { picture } from '../local/prediction/parts.ts';
import { ONCE, startVisionParts, type VisionParts } from '../support/visionParts.ts';

const BYTES = picture();
const OPERATIONS = [
  ['ClassifyImage', 'classify', true, 'bytes'],
  ['ClassifyImageWithoutSaving', 'classify', false, 'bytes'],
  ['ClassifyImageUrl', 'classify', true, 'url'],
  ['ClassifyImageUrlWithoutSaving', 'classify', false, 'url'],
  ['DetectImage', 'detect', true, 'bytes'],
  ['DetectImageWithoutSaving', 'detect', false, 'bytes'],
  ['DetectImageUrl', 'detect', true, 'url'],
  ['DetectImageUrlWithoutSaving', 'detect', false, 'url'],
] as const;

let parts: VisionParts;
let pictures: Server;
let url: string;
beforeAll(async () => {
  parts = await startVisionParts();
  pictures = createServer((_, response) => response.end(BYTES)).listen(0, '127.0.0.1');
  await new Promise((resolve) => pictures.once('listening', resolve));
  url = `http://127.0.0.1:${(pictures.address() as AddressInfo).port}/pear.bmp`;
});
afterAll(async () => {
  pictures.close();
  pictures.closeAllConnections();
  await parts.close();
});
beforeEach(() => parts.server.reset());

const predict = (own?: Partial<Model>, budget = ONCE) =>
  parts.client.predict(parts.model(own), { bytes: BYTES }, budget);

describe('the prediction client', () => {
  it.each(OPERATIONS)(
    '%s: sends the picture undamaged and reads the prediction',
    async (operation, task, store, kind) => {
      const image = kind === 'bytes' ? { bytes: BYTES } : { url };
      const { value, attempts } = await parts.client.predict(parts.model({ task, store }), image, ONCE);
      const model = task === 'detect' ? parts.detector : parts.classifier;
      expect(Buffer.from(model.seen.at(-1) ?? []).equals(BYTES)).toBe(true);
      expect(attempts).toBe(1);
      expect(value).toEqual({
        predictionId: expect.stringMatching(/^[0-9a-f-]{36}$/u),
        iteration: model.iterationId,
        predictions: [
          {
            tagName: 'pear',
            tagId: expect.any(String),
            tagType: 'Regular',
            probability: 0.75,
            ...(task === 'detect' && { boundingBox: { left: 0.1, top: 0.2, width: 0.3, height: 0.4 } }),
          },
        ],
      });
      expect(parts.server.requests).toMatchObject([{ operation, stored: store, status: 200 }]);
    },
  );

  it('asks for a token of Cognitive Services, and for nothing else', async () => {
    await predict();
    expect(VISION_SCOPE).toBe('https://cognitiveservices.azure.com/.default');
    expect(new Set(parts.identity.requests.map(({ resource }) => resource))).toEqual(
      new Set(['https://cognitiveservices.azure.com']),
    );
  });

  it('keeps one token for a hundred pictures at once', async () => {
    // time enough for all of them on a busy machine, and still none for a second attempt
    const budget = { total: 20_000, attempt: 20_000, firstWait: 20_000 };
    await Promise.all(Array.from({ length: 100 }, () => predict({}, budget)));
    expect(parts.server.count({ status: 200 })).toBe(100);
    expect(parts.identity.count()).toBeLessThanOrEqual(1);
  });

  it('keeps one connection for pictures sent one after another', async () => {
    // the second call may come before the first one's socket is free again
    await predict();
    await predict();
    const before = parts.server.connections;
    for (let sent = 0; sent < 10; sent += 1) await predict();
    expect(parts.server.connections).toBe(before);
  });

  it('takes models of several accounts, with and without a slash behind the endpoint', async () => {
    const again = { endpoint: `${parts.server.url}/` };
    await Promise.all([predict(), predict(again), predict({ task: 'detect' })]);
    expect(parts.server.count({ status: 200 })).toBe(3);
  });

  it('sends any published name as it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.constantFrom(
            'fruit salad',
            '100% fruit',
            'früchte',
            '果物',
            'a/b',
            'a?b#c',
            'a+b',
            '🍐',
            "it's",
            '%2F',
          ),
          fc
            .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
            .filter((name) => !/^\.{1,2}$/u.test(name)),
        ),
        async (publishedName) => {
          parts.server.reset();
          await expect(predict({ publishedName })).rejects.toMatchObject({ code: 'ModelNotPublished' });
          expect(parts.server.requests).toMatchObject([{ publishedName }]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
