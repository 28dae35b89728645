import { describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { type Problem, post, useStack } from '../support/journeys.ts';

const stack = useStack();

describe('an app with wrong settings', () => {
  it('still registers its functions, and every call says all that is wrong', async () => {
    const host = await stack.current.startHost({
      settings: {
        VISION_MODELS: '',
        VISION_PREDICTION_URL:
          'https://westeurope.api.cognitive.microsoft.com/customvision/v3.0/Prediction/7b1d4c9e-0a36-4f5b-8e2d-5c6f7a8b9d01/classify/iterations/fruit/image',
        PREDICTIONS_CONTAINER: 'images',
      },
    });
    expect(host.functions.toSorted()).toEqual([
      'getPrediction',
      'health',
      'listModels',
      'listPredictions',
      'openapi',
      'predictBlob',
      'predictImage',
      'ui',
    ]);
    const { jpeg } = await drawPicture(94_000_001, { size: 128 });
    const answer = await post(host, { body: new Uint8Array(jpeg) });
    expect(answer.status).toBe(503);
    const problem = (await answer.json()) as Problem;
    expect(problem.code).toBe('SettingsInvalid');
    expect(problem.detail).toMatch(/PREDICTIONS_CONTAINER.*VISION_PREDICTION_URL/u);
    const health = await fetch(`${host.url}/api/health`);
    expect(health.status).toBe(503);
    expect(await health.text()).not.toMatch(/VISION_|PREDICTIONS_/u);
    await host.stop();
  });
});
