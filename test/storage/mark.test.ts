import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromMetadata, isCurrent, type Mark, modelsKey, toMetadata } from '../../src/storage/mark.ts';

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
    fc.assert(
      fc.property(mark, many, (given, key) => {
        const metadata = toMetadata({ ...given, models: key });
        for (const [name, value] of Object.entries(metadata)) {
          expect(name).toMatch(/^[a-z]+$/u);
          expect(value).toMatch(/^[\x21-\x7e]+$/u);
        }
        expect(JSON.stringify(metadata).length).toBeLessThan(8_192);
      }),
    );
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
