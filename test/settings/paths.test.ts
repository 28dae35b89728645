import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings/settings.ts';

const entry = (paths: string[]) => ({
  endpoint: 'https://fruit.cognitiveservices.azure.com',
  projectId: '7b1d4c9e-0a36-4f5b-8e2d-5c6f7a8b9d01',
  publishedName: 'fruit',
  task: 'classify',
  paths,
});
const read = (models: Record<string, string[]>) =>
  readSettings({
    ImageStorage: 'UseDevelopmentStorage=true',
    VISION_MODELS: JSON.stringify(
      Object.fromEntries(Object.entries(models).map(([name, paths]) => [name, entry(paths)])),
    ),
  });

describe('the paths of models', () => {
  it.each([
    ['/orchard/**', 'no name begins with a slash'],
    ['!orchard/**', 'nothing can be excepted'],
    ['tree (1).jpg', 'write ? for one'],
    ['orchard/** ', 'a blank at either end'],
    ['images/orchard/**', 'without its own name in front'],
  ])('that match no name, or are not understood, are a problem: %j', (pattern, why) => {
    const { settings, problems } = read({ fruit: [pattern] });
    expect(settings).toBeUndefined();
    expect(problems).toMatchObject([
      { setting: 'VISION_MODELS.fruit.paths', expected: expect.stringContaining(why) },
    ]);
  });

  it('that overlap are noticed, since each picture is then paid for twice', () => {
    const { settings, notices } = read({ fruit: ['**'], pears: ['pears/**'], plums: ['plums/**'] });
    expect(settings).toBeDefined();
    expect(notices).toEqual([
      expect.stringContaining('fruit and pears share the paths **'),
      expect.stringContaining('fruit and plums share the paths **'),
    ]);
  });

  it('that are apart are not spoken of', () => {
    expect(read({ pears: ['pears/**'], plums: ['plums/**'] }).notices).toEqual([]);
  });
});
