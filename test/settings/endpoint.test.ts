import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings/settings.ts';
import { environment, PROJECT_ID, settingsOf } from './environment.ts';

const at = (endpoint: string) =>
  environment({
    VISION_PREDICTION_URL: undefined,
    VISION_ENDPOINT: endpoint,
    VISION_PROJECT_ID: PROJECT_ID,
    VISION_PUBLISHED_NAME: 'fruit',
    VISION_TASK: 'classify',
  });

describe('VISION_ENDPOINT', () => {
  it.each([
    ['https://fruit.cognitiveservices.azure.com', 'https://fruit.cognitiveservices.azure.com'],
    ['https://Fruit.cognitiveservices.azure.com/', 'https://fruit.cognitiveservices.azure.com'],
    ['https://fruit.cognitiveservices.azure.us', 'https://fruit.cognitiveservices.azure.us'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:8080/', 'http://localhost:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('%s is taken as %s', (given, endpoint) => {
    expect(settingsOf(at(given)).models[0]).toMatchObject({ endpoint });
  });

  it.each([
    ['https://westeurope.api.cognitive.microsoft.com', /takes no tokens.+--custom-domain/u],
    ['https://usgovvirginia.api.cognitive.microsoft.us/', /takes no tokens/u],
    ['https://chinaeast2.api.cognitive.azure.cn', /takes no tokens/u],
    ['http://fruit.cognitiveservices.azure.com', /must not travel in the clear/u],
    ['http://127.0.0.1.example.com', /must not travel in the clear/u],
    ['http://localhost.example.com', /must not travel in the clear/u],
    ['ftp://fruit.cognitiveservices.azure.com', /https:/u],
    ['https://fruit.cognitiveservices.azure.com/customvision', /VISION_PREDICTION_URL/u],
    ['https://fruit.cognitiveservices.azure.com?a=b', /without a path/u],
    ['fruit.cognitiveservices.azure.com', /begins with https:/u],
  ])('%s is refused', (given, expected) => {
    const { problems } = readSettings(at(given));
    expect(problems).toMatchObject([
      { setting: 'VISION_ENDPOINT', expected: expect.stringMatching(expected) },
    ]);
  });

  it('with a password in it is refused and not shown', () => {
    const { problems } = readSettings(at('https://me:hidden-word@fruit.cognitiveservices.azure.com'));
    expect(problems).toMatchObject([{ setting: 'VISION_ENDPOINT' }]);
    expect(JSON.stringify(problems)).not.toContain('hidden-word');
  });
});
