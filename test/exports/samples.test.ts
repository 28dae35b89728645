import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { tagNames } from '../../local/drawing/fruits.ts';
import { drawPicture } from '../../local/drawing/picture.ts';
import { averagePrecision, type ScoredScene } from '../support/averagePrecision.ts';
import { runs } from '../support/runs.ts';
import { loadHere } from './loadHere.ts';

const sample = (name: string) => fileURLToPath(new URL(`../../local/samples/${name}`, import.meta.url));

/** Far from the seeds that the trainers draw from. */
const firstSeed = 30_000_000;

describe('the committed sample models, on pictures they were not trained on', () => {
  test('the classifier is right at least 95 times in 100', async () => {
    const predictor = await loadHere({ path: sample('fruit') });
    const pictures = runs(20);
    let right = 0;
    for (let i = 0; i < pictures; i++) {
      const { jpeg, boxes } = await drawPicture(firstSeed + i, { size: 320 });
      const [best] = await predictor.predict(jpeg);
      if (best?.tagName === boxes[0]?.tagName) right++;
    }
    await predictor.close();
    expect(right).toBeGreaterThanOrEqual(0.95 * pictures);
  });

  test("the detector's average precision is at least 0.90", async () => {
    const predictor = await loadHere({ path: sample('fruit-boxes') });
    const scenes: ScoredScene[] = [];
    for (let i = 0; i < runs(15); i++) {
      const { jpeg, boxes } = await drawPicture(firstSeed + i, {
        size: 480,
        count: i % 5,
        scale: [0.22, 0.7],
      });
      scenes.push({ boxes, predictions: await predictor.predict(jpeg) });
    }
    await predictor.close();
    expect(averagePrecision(scenes)).toBeGreaterThanOrEqual(0.9);
  });
});

describe.each([
  ['fruit', 'classify', 'Classification'],
  ['fruit-boxes', 'detect', 'ObjectDetection'],
])('the sample %s', (name, task, domainType) => {
  test('has the files of an export, which fit together', async () => {
    const read = (file: string) => readFile(`${sample(name)}/${file}`);
    const manifest: unknown = JSON.parse((await read('cvexport.manifest')).toString());
    const model = await read('model.onnx');
    expect(manifest).toMatchObject({
      ...{ DomainType: domainType, Platform: 'ONNX', ExporterVersion: expect.stringMatching(/^2\./) },
      ...{ IterationId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) },
      ...{ ModelFileName: 'model.onnx', LabelFileName: 'labels.txt' },
      ModelFileSHA1: createHash('sha1').update(model).digest('hex'),
    });
    expect(model.length).toBeLessThan(260_000);
    const predictor = await loadHere({ path: sample(name) });
    expect(predictor).toMatchObject({ task, tagNames });
    await predictor.close();
  });
});
