import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelForCaller, modelsForPicture } from '../../src/scoring/route.ts';
import { anyText } from '../support/anyText.ts';
import { shortest } from '../support/loopTime.ts';
import { modelAt } from '../support/visionParts.ts';

const model = (name: string, ...paths: string[]) =>
  modelAt('https://fruit.cognitiveservices.azure.com', { name, ...(paths.length > 0 && { paths }) });
const names = (models: { name: string }[]) => models.map(({ name }) => name);

describe('the models of a picture', () => {
  const models = [
    model('fruit', 'fruit/**', '*.png'),
    model('boxes', 'boxes/**', 'fruit/**/crate-*'),
    model('rest', 'rest/*'),
  ];

  it.each([
    ['fruit/a.jpg', ['fruit']],
    ['fruit/2026/11/a b.jpg', ['fruit']],
    ['fruit/deep/crate-7.jpg', ['fruit', 'boxes']],
    ['.hidden.png', ['fruit']],
    ['boxes/.thumbs/a.jpg', ['boxes']],
    ['rest/a.jpg', ['rest']],
  ])('of %s are %j, in the order of the settings', (name, expected) => {
    expect(names(modelsForPicture(models, name))).toEqual(expected);
  });

  it.each(['a.jpg', 'rest/deep/a.jpg', 'Fruit/a.jpg', 'x/fruit/a.jpg'])(
    'of %s are none, which is told',
    (name) => {
      expect(() => modelsForPicture(models, name)).toThrow(
        expect.objectContaining({
          code: 'ModelUnknown',
          message: expect.stringContaining(JSON.stringify(name)),
        }),
      );
    },
  );

  it('are those with the paths ** for any name at all', () => {
    const all = [model('all')];
    const name = fc.oneof(
      anyText({ minLength: 1 }),
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.constantFrom(
        'a b#%.jpg',
        '12345',
        '🍐.jpg',
        'a/b/c.jpg',
        '/a',
        'a//b',
        './a',
        '../a',
        'a\nb',
        'a\\b',
        '{a}',
        '!(x)',
      ),
    );
    fc.assert(
      fc.property(name, (pictureName) => {
        expect(names(modelsForPicture(all, pictureName))).toEqual(['all']);
      }),
    );
  });
});

describe('a name that an uploader made up', () => {
  it.each([
    ['*-*-*-*.jpg', '-'.repeat(800)],
    ['**/*-*/**/*-*/**/*.jpg', '-/'.repeat(500)],
    ['*a*a*a*a*a*a', 'a'.repeat(1023)],
    ['{*a,*b}*{*a,*b}*{*a,*b}.jpg', 'ab'.repeat(510)],
  ])('holds up nobody else, whatever the paths are: %s', (pattern, name) => {
    const some = [model('some', pattern)];
    const all = [model('all')];
    expect(shortest(() => modelsForPicture([...some, ...all], name))).toBeLessThan(50);
  });
});

describe('the model a caller means', () => {
  const models = [model('fruit'), model('default')];

  it('is the one it names, to the letter', () => {
    expect(modelForCaller(models, 'fruit').name).toBe('fruit');
    expect(() => modelForCaller(models, 'Fruit')).toThrow(
      expect.objectContaining({
        code: 'ModelUnknown',
        message: 'There is no model "Fruit"; there are: fruit, default.',
      }),
    );
  });

  it('is default, or the only one, when it names none', () => {
    expect(modelForCaller(models, undefined).name).toBe('default');
    expect(modelForCaller([model('only')], undefined).name).toBe('only');
  });

  it('must be named where there are several and none is default', () => {
    expect(() => modelForCaller([model('a'), model('b')], undefined)).toThrow(
      expect.objectContaining({ code: 'ModelUnknown', message: 'Name one of the models: a, b.' }),
    );
  });

  it('is none of what every object inherits', () => {
    for (const name of ['constructor', '__proto__', ''])
      expect(() => modelForCaller(models, name)).toThrow(/There is no model/u);
  });
});
