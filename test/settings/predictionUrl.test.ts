import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings/settings.ts';
import { ENDPOINT, environment, PROJECT_ID, settingsOf } from './environment.ts';

const base = `${ENDPOINT}/customvision`;
const modelOf = (url: string) => settingsOf(environment({ VISION_PREDICTION_URL: url })).models[0];

describe('a prediction URL pasted from the portal', () => {
  it.each([
    [`${base}/v3.1/Prediction/${PROJECT_ID}/classify/iterations/fruit/image`, 'classify'],
    [`${base}/v3.1/prediction/${PROJECT_ID}/classify/iterations/fruit/image/nostore`, 'classify'],
    [`${base}/v3.0/Prediction/${PROJECT_ID}/detect/iterations/fruit/url`, 'detect'],
    [`${base}/v3.0/Prediction/${PROJECT_ID}/detect/iterations/fruit/url/nostore`, 'detect'],
    [`${base}/v3.1/Prediction/${PROJECT_ID.toUpperCase()}/detect/iterations/fruit/`, 'detect'],
    [`  ${base}/v3.1/Prediction/${PROJECT_ID}/detect/iterations/fruit/image?application=x `, 'detect'],
  ])('%s is taken apart', (url, task) => {
    expect(modelOf(url)).toMatchObject({
      endpoint: ENDPOINT,
      projectId: PROJECT_ID,
      publishedName: 'fruit',
      task,
    });
  });

  it('may encode any published name', () => {
    const nameOf = (name: string) =>
      modelOf(`${base}/v3.1/Prediction/${PROJECT_ID}/detect/iterations/${encodeURIComponent(name)}/image`);
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }).filter((name) => !/^\.{1,2}$/u.test(name)),
        (name) => {
          expect(nameOf(name)).toMatchObject({ publishedName: name });
        },
      ),
    );
  });

  it('may hold a lone % in the published name', () => {
    expect(modelOf(`${base}/v3.1/Prediction/${PROJECT_ID}/detect/iterations/100%/image`)).toMatchObject({
      publishedName: '100%',
    });
  });

  it.each([
    ['the endpoint alone', ENDPOINT],
    ['no URL', 'fruit'],
    ['a training URL', `${base}/v3.3/Training/projects/${PROJECT_ID}`],
    ['an older version', `${base}/v2.0/Prediction/${PROJECT_ID}/image`],
    ['another task', `${base}/v3.1/Prediction/${PROJECT_ID}/segment/iterations/fruit/image`],
    ['a project that is no UUID', `${base}/v3.1/Prediction/fruit/classify/iterations/fruit/image`],
    [
      'a regional address',
      `https://westeurope.api.cognitive.microsoft.com/customvision/v3.1/Prediction/${PROJECT_ID}/classify/iterations/fruit/image`,
    ],
    [
      'http',
      `${base.replace('https', 'http')}/v3.1/Prediction/${PROJECT_ID}/classify/iterations/fruit/image`,
    ],
  ])('is refused with one problem when it is %s', (_, url) => {
    const { problems } = readSettings(environment({ VISION_PREDICTION_URL: url }));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.setting).toBe('VISION_PREDICTION_URL');
  });

  it.each([
    ['in its query', `${ENDPOINT}/image?Prediction-Key=0123456789abcdef`],
    ['as a password', 'https://user:0123456789abcdef@fruit.cognitiveservices.azure.com/image'],
  ])('never shows a key that stands %s', (_, url) => {
    const { problems } = readSettings(environment({ VISION_PREDICTION_URL: url }));
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain('0123456789abcdef');
  });
});
