import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings/settings.ts';
import {
  ENDPOINT,
  environment,
  PREDICTION_URL,
  PROJECT_ID,
  settingsOf,
  withModels,
  wrong,
} from './environment.ts';

const PARTS = { endpoint: ENDPOINT, projectId: PROJECT_ID, publishedName: 'fruit', task: 'detect' };
const SHORT = {
  VISION_PREDICTION_URL: undefined,
  VISION_ENDPOINT: ENDPOINT,
  VISION_PROJECT_ID: PROJECT_ID,
  VISION_PUBLISHED_NAME: 'my fruit',
  VISION_TASK: 'detect',
};

describe('one model in the short form', () => {
  it('is named default', () => {
    expect(settingsOf(environment(SHORT)).models).toMatchObject([
      {
        name: 'default',
        endpoint: ENDPOINT,
        projectId: PROJECT_ID,
        publishedName: 'my fruit',
        task: 'detect',
      },
    ]);
  });

  it.each(['VISION_ENDPOINT', 'VISION_PROJECT_ID', 'VISION_PUBLISHED_NAME', 'VISION_TASK'])(
    'lacks %s, and is told so',
    (setting) => {
      expect(readSettings(environment({ ...SHORT, [setting]: undefined })).problems).toMatchObject([
        { setting, expected: expect.stringContaining('not set') },
      ]);
    },
  );

  it.each([
    ['VISION_PROJECT_ID', 'fruit'],
    ['VISION_PROJECT_ID', `${PROJECT_ID}0`],
    ['VISION_TASK', 'Detect'],
  ])('refuses %s=%s', (setting, value) => {
    expect(readSettings(environment({ ...SHORT, [setting]: value })).problems).toMatchObject([
      { setting, got: `"${value}"` },
    ]);
  });

  it('is not mixed with another way to name models', () => {
    expect(wrong(environment({ VISION_TASK: 'detect' }))).toEqual(['VISION_PREDICTION_URL and VISION_TASK']);
    expect(wrong(environment({ VISION_MODELS: '{}' }))).toEqual(['VISION_MODELS and VISION_PREDICTION_URL']);
  });
});

describe('VISION_MODELS', () => {
  it('names several models, each by its url or by its parts', () => {
    const models = {
      fruit: { url: PREDICTION_URL, paths: ['fruit/**'], threshold: 0.9, rate: 2 },
      boxes: { ...PARTS, store: true },
    };
    expect(settingsOf(withModels(models)).models).toMatchObject([
      { name: 'fruit', task: 'classify', paths: ['fruit/**'], threshold: 0.9, store: false, rate: 2 },
      { name: 'boxes', task: 'detect', paths: ['**'], threshold: 0.5, store: true, rate: 10 },
    ]);
  });

  it('takes thresholds 0 and 1', () => {
    const models = { none: { ...PARTS, threshold: 0 }, all: { ...PARTS, threshold: 1 } };
    expect(settingsOf(withModels(models)).models.map(({ threshold }) => threshold)).toEqual([0, 1]);
  });

  it.each([
    ['threshold', 1.01],
    ['threshold', '0.5'],
    ['store', 'false'],
    ['rate', 0],
    ['rate', 0.0001],
    ['rate', 0.009],
    ['paths', []],
    ['paths', '**'],
    ['task', 'look'],
    ['publishedName', ''],
    ['projectId', 'fruit'],
    ['endpoint', 'https://westeurope.api.cognitive.microsoft.com'],
  ])('refuses the member %s = %j by its name', (member, value) => {
    const { problems } = readSettings(withModels({ fruit: { ...PARTS, [member]: value } }));
    expect(problems.map(({ setting }) => setting)).toEqual([`VISION_MODELS.fruit.${member}`]);
  });

  it('takes a rate that lets a picture have its turn in time, and refuses one without an end', () => {
    expect(settingsOf(withModels({ fruit: { ...PARTS, rate: 0.01 } })).models[0]).toMatchObject({
      rate: 0.01,
    });
    const endless = JSON.stringify({ fruit: { ...PARTS, rate: 7 } }).replace('7}', '1e999}');
    expect(wrong(withModels(endless))).toEqual(['VISION_MODELS.fruit.rate']);
  });

  it('refuses what cannot be excepted: a pattern that begins with !', () => {
    expect(wrong(withModels({ fruit: { ...PARTS, paths: ['**', '!raw/**'] } }))).toEqual([
      'VISION_MODELS.fruit.paths',
    ]);
  });

  it('refuses a member it does not know, which may be a slip of the pen', () => {
    expect(readSettings(withModels({ fruit: { ...PARTS, treshold: 0.9 } })).problems).toMatchObject([
      { setting: 'VISION_MODELS.fruit.treshold', expected: expect.stringContaining('no such member') },
    ]);
  });

  it('refuses url and parts together, and neither', () => {
    expect(wrong(withModels({ fruit: { url: PREDICTION_URL, task: 'detect' } }))).toEqual([
      'VISION_MODELS.fruit',
    ]);
    expect(wrong(withModels({ fruit: {} }))).toEqual(
      ['endpoint', 'projectId', 'publishedName', 'task'].map((part) => `VISION_MODELS.fruit.${part}`),
    );
  });

  it('takes copies of a model in other accounts, as a list of their prediction URLs', () => {
    const elsewhere = PREDICTION_URL.replace(
      new URL(PREDICTION_URL).host,
      'other.cognitiveservices.azure.com',
    );
    const { models } = settingsOf(withModels({ fruit: { url: [PREDICTION_URL, elsewhere] } }));
    const [own] = settingsOf(withModels({ fruit: { url: PREDICTION_URL } })).models;
    const copy = { endpoint: 'https://other.cognitiveservices.azure.com', projectId: PROJECT_ID };
    expect(models).toEqual([{ ...own, copies: [expect.objectContaining(copy)] }]);
  });

  it.each([
    ['none', []],
    ['an account twice', [PREDICTION_URL, PREDICTION_URL]],
    ['one that is none', [PREDICTION_URL, 'https://example.com/']],
    [
      'models of both tasks',
      [PREDICTION_URL, PREDICTION_URL.replace('classify', 'detect').replace('https://', 'https://b')],
    ],
  ])('refuses a list of prediction URLs with %s', (_, url) => {
    expect(wrong(withModels({ fruit: { url } }))).toEqual(['VISION_MODELS.fruit.url']);
  });

  it.each([
    ['a list', '[]'],
    ['null', 'null'],
    ['a word', '"fruit"'],
    ['no model', '{}'],
    ['an entry that is a list', '{"fruit": []}'],
    ['an entry that is a word', '{"fruit": "https://…"}'],
    ['a name with a slash', JSON.stringify({ 'a/b': PARTS })],
    ['a name that is empty', JSON.stringify({ '': PARTS })],
    ['what every object inherits', `{"__proto__": ${JSON.stringify(PARTS)}}`],
  ])('refuses %s', (_, json) => {
    const { problems, settings } = readSettings(withModels(json));
    expect(settings).toBeUndefined();
    expect(problems[0]?.setting).toMatch(/^VISION_MODELS/u);
  });

  it('tells where its JSON breaks off, without repeating it', () => {
    const { problems } = readSettings(withModels('{"fruit": 1 secret}'));
    expect(problems).toMatchObject([
      { setting: 'VISION_MODELS', expected: expect.stringMatching(/position 12/u) },
    ]);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  it('tells the problems of every model', () => {
    const models = { a: { ...PARTS, rate: -1 }, b: { ...PARTS, store: 1 }, c: PARTS };
    expect(wrong(withModels(models))).toEqual(['VISION_MODELS.a.rate', 'VISION_MODELS.b.store']);
  });
});
