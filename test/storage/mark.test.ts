import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromMetadata,
  isCurrent,
  iterationOf,
  iterationsOf,
  type Mark,
  modelsKey,
  toMetadata,
} from '../../src/storage/mark.ts';
import { anyText } from '../support/anyText.ts';

const model = fc.record({
  projectId: fc.uuid(),
  publishedName: fc.oneof(
    fc.constantFrom('fruit', 'früchte', '果物', '🍐', 'a,b', 'a/b', 'a%2Cb', ' '),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  ),
});
const models = fc.array(model, { maxLength: 6 });
const etag = fc.stringMatching(/^0x[0-9A-F]{15}$/u);
const mark: fc.Arbitrary<Mark> = fc.record(
  {
    pictureEtag: etag,
    models: models.map(modelsKey),
    status: fc.constantFrom('succeeded', 'failed'),
    code: fc.constantFrom('ImageTruncated', 'RateLimited'),
    iterations: fc.array(fc.oneof(fc.uuid(), fc.constantFrom('a,b', 'é', '%', ' ')), {
      minLength: 1,
      maxLength: 6,
    }),
  },
  { requiredKeys: ['pictureEtag', 'models', 'status'] },
);
const recased = (metadata: Record<string, string>, change: (name: string) => string) =>
  Object.fromEntries(Object.entries(metadata).map(([name, value]) => [change(name), value]));

describe('the mark of a document', () => {
  it('comes back from metadata as it went in, whatever became of the names’ case', () => {
    fc.assert(
      fc.property(mark, (given) => {
        const metadata = toMetadata(given);
        expect(fromMetadata(metadata)).toEqual(given);
        expect(fromMetadata(recased(metadata, (name) => name.toUpperCase()))).toEqual(given);
        expect(fromMetadata(recased(metadata, (name) => name[0]?.toUpperCase() + name.slice(1)))).toEqual(
          given,
        );
      }),
    );
  });

  it('is what metadata may be: names of letters, values of visible ASCII, none empty, all of it below 8 KB', () => {
    const many = fc.array(model, { minLength: 0, maxLength: 60 }).map(modelsKey);
    const any = fc.array(anyText({ maxLength: 200 }), { maxLength: 60 });
    fc.assert(
      fc.property(mark, many, any, (given, key, iterations) => {
        const metadata = toMetadata({ ...given, models: key, iterations });
        for (const [name, value] of Object.entries(metadata)) {
          expect(name).toMatch(/^[a-z]+$/u);
          expect(value).toMatch(/^[\x21-\x7e]+$/u);
        }
        expect(JSON.stringify(metadata).length).toBeLessThan(8_192);
      }),
    );
  });

  it('tells the iteration of each of its models, in whatever order they and their results came', () => {
    const answered = fc.uniqueArray(fc.record({ named: model, iteration: fc.uuid() }), {
      selector: ({ named }) => modelsKey([named]),
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(answered, fc.func(fc.nat()), (given, order) => {
        const results = given.map(({ named, iteration }) => ({ ...named, iteration }));
        const shuffled = results.toSorted((a, b) => order(a.iteration) - order(b.iteration));
        const wanted = given.map(({ named }) => named);
        const made = { pictureEtag: '0x1', models: modelsKey(wanted), status: 'succeeded' } as const;
        const read = fromMetadata(toMetadata({ ...made, ...iterationsOf(shuffled) }));
        for (const { named, iteration } of given) {
          expect(read && iterationOf(read, wanted, named)).toBe(iteration);
          expect(read && iterationOf(read, wanted.slice(1), named)).toBeUndefined();
        }
      }),
    );
  });

  it('tells no iteration where it was written without, where a model did not answer, or by other hands', () => {
    const [a, b] = [
      { projectId: 'p', publishedName: 'a' },
      { projectId: 'p', publishedName: 'b' },
    ];
    const made = { pictureEtag: '0x1', models: modelsKey([a, b]), status: 'failed' } as const;
    expect(iterationOf(made, [a, b], a)).toBeUndefined();
    expect(iterationOf({ ...made, ...iterationsOf([{ ...a, iteration: '1' }]) }, [a, b], a)).toBeUndefined();
    expect(iterationsOf([])).toEqual({});
    expect(fromMetadata({ ...toMetadata(made), iterations: '%' })).toEqual(made);
  });

  it('tells apart any two sets of models, and does not mind their order', () => {
    const identity = (all: { projectId: string; publishedName: string }[]) =>
      JSON.stringify(all.map(({ projectId, publishedName }) => [projectId, publishedName]).toSorted());
    fc.assert(
      fc.property(models, models, (some, others) => {
        expect(modelsKey(some) === modelsKey(others)).toBe(identity(some) === identity(others));
        expect(modelsKey(some.toReversed())).toBe(modelsKey(some));
      }),
    );
    const long = (end: string) =>
      Array.from({ length: 100 }, (_, index) => ({
        projectId: `${index}`,
        publishedName: `${'果'.repeat(100)}${end}`,
      }));
    expect(modelsKey(long('a'))).not.toBe(modelsKey(long('b')));
    expect(modelsKey(long('a').toReversed())).toBe(modelsKey(long('a')));
  });

  it('tells apart a detector with tiles from one without, which answer differently; a classifier has none', () => {
    const named = { projectId: 'p', publishedName: 'n' };
    const keys = [true, false].map((tiles) => modelsKey([{ ...named, task: 'detect', tiles }]));
    expect(keys[0]).not.toBe(keys[1]);
    expect(keys[1]).toBe(modelsKey([named]));
    expect(modelsKey([{ ...named, task: 'classify', tiles: true }])).toBe(modelsKey([named]));
  });

  it('is current for exactly its content and its models, with the ETag in quotes or without', () => {
    fc.assert(
      fc.property(mark, etag, (given, other) => {
        const read = fromMetadata(toMetadata({ ...given, pictureEtag: `"${given.pictureEtag}"` }));
        expect(isCurrent(read, given.pictureEtag, given.models)).toBe(true);
        expect(isCurrent(read, `"${given.pictureEtag}"`, given.models)).toBe(true);
        expect(isCurrent(read, other, given.models)).toBe(other === given.pictureEtag);
        expect(isCurrent(read, given.pictureEtag, `${given.models},x`)).toBe(false);
      }),
    );
    expect(isCurrent(undefined, '"1"', '')).toBe(false);
  });

  it.each([
    ['no metadata', undefined],
    ['somebody else’s', { author: 'me' }],
    ['a foreign status', { pictureetag: '1', models: 'm', status: 'done' }],
    ['no ETag', { models: 'm', status: 'succeeded' }],
    ['names of objects’ own members', { constructor: 'x', __proto__: 'y' }],
  ])('is none where there is %s', (_, metadata) => {
    expect(fromMetadata(metadata)).toBeUndefined();
  });
});

describe('the mark of a document of exports', () => {
  const fruit = { projectId: '7b1d4c9e-0a36-4f5b-8e2d-5c6f7a8b9d01', publishedName: 'fruit' };
  const own = { export: 'fruit/öwn.zip', version: '0x8DA' };

  it('is another one for another upload, and tells which iterations answered', () => {
    const key = modelsKey([own, fruit]);
    expect(key).toBe('7b1d4c9e-0a36-4f5b-8e2d-5c6f7a8b9d01/fruit,export/fruit%2F%C3%B6wn.zip@0x8DA');
    expect(modelsKey([fruit, { ...own, version: '0x8DB' }])).not.toBe(key);
    const byExport = { name: own.export, iteration: 'one', sha256: '' };
    const results = [
      { iteration: 'one', export: byExport },
      { iteration: 'two', ...fruit },
    ];
    const mark: Mark = { pictureEtag: '0x1', models: key, status: 'succeeded', ...iterationsOf(results) };
    expect([iterationOf(mark, [fruit, own], own), iterationOf(mark, [fruit, own], fruit)]).toEqual([
      'one',
      'two',
    ]);
  });

  it('is of the model of the service that an export answered for', () => {
    const fallbackFor = { ...fruit, code: 'VisionUnreachable', detail: '' };
    const stoodIn = { iteration: 'one', fallbackFor, export: { name: 'x', iteration: 'one', sha256: '' } };
    const mark: Mark = {
      pictureEtag: '0x1',
      models: modelsKey([fruit]),
      status: 'succeeded',
      ...iterationsOf([stoodIn]),
    };
    expect(iterationOf(mark, [fruit], fruit)).toBe('one');
  });
});
