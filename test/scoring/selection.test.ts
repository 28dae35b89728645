import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Calls, failedPictures, missing, type Selection } from '../../src/scoring/selection.ts';
import type { Model } from '../../src/settings/settings.ts';
import type { Containers } from '../../src/storage/containers.ts';
import { modelsKey, toMetadata } from '../../src/storage/mark.ts';
import { type Scoring, startScoring } from '../support/scoring.ts';
import { modelAt } from '../support/visionParts.ts';

const fruit = modelAt('http://vision.example', { name: 'fruit', paths: ['fruit/**', 'both/**'] });
const boxes = modelAt('http://vision.example', { name: 'boxes', task: 'detect', paths: ['both/**'] });
const iterated = modelAt('http://vision.example', { name: 'iterated', paths: ['iterated/**'] });
const MODELS = [fruit, boxes];
const [OLD, NEW] = ['6F0A1C52-3d84-4b7e-9a15-2c8e7d40b361', 'B83D5E97-71c6-4f02-8d2b-90ae4c6f15d8'];

let scoring: Scoring;
let containers: Containers;
beforeAll(async () => {
  scoring = await startScoring();
  containers = await scoring.containers();
  await containers.predictions.create();
  await dropped('both/new.jpg');
  await dropped('fruit/new.jpg');
  await documented('fruit/done.jpg', { models: [fruit] });
  await documented('both/done.jpg', { models: MODELS });
  await documented('both/model added.jpg', { models: [fruit] });
  await documented('fruit/model changed.jpg', { models: [{ ...fruit, publishedName: 'fruit 1' }] });
  await documented('fruit/picture changed.jpg', { models: [fruit], etag: '0x1' });
  await documented('iterated/new.jpg', { models: [iterated], iterations: [NEW] });
  await documented('iterated/old.jpg', { models: [iterated], iterations: [OLD] });
  await documented('iterated/untold.jpg', { models: [iterated] });
  await documented('iterated/failed.jpg', { models: [iterated], code: 'ImageTruncated' });
  await documented('fruit/truncated.jpg', { models: [fruit], code: 'ImageTruncated' });
  await documented('both/busy.jpg', { models: MODELS, code: 'RateLimited' });
  await documented('notes/nobody’s.txt', { models: [], code: 'ModelUnknown' });
  await dropped('notes/new.txt');
  await containers.predictions.getBlockBlobClient('fruit/deleted.jpg.json').upload('{}', 2, {
    metadata: toMetadata({ pictureEtag: '0x1', models: 'm', status: 'failed', code: 'RateLimited' }),
  });
});
afterAll(() => scoring?.close());

async function dropped(name: string): Promise<string> {
  await scoring.storage.drop(name, name);
  return (await containers.images.getBlobClient(name).getProperties()).etag ?? '';
}
async function documented(name: string, { models, etag, code, iterations }: Documented): Promise<void> {
  const pictureEtag = etag ?? (await dropped(name));
  if (etag) await dropped(name);
  const status = code ? 'failed' : 'succeeded';
  const mark = {
    pictureEtag,
    models: modelsKey(models),
    status,
    ...(code && { code }),
    ...(iterations && { iterations }),
  } as const;
  await containers.predictions
    .getBlockBlobClient(`${name}.json`)
    .upload('{}', 2, { metadata: toMetadata(mark) });
}
type Documented = { models: Model[]; etag?: string; code?: string; iterations?: string[] };
type Items = AsyncIterable<{ name: string; calls: Calls }>;
async function told(items: Items): Promise<string[]> {
  const lines: string[] = [];
  for await (const { name, calls } of items)
    lines.push(`${name} ${calls.least}${calls.most > calls.least ? ` to ${calls.most}` : ''}`);
  return lines;
}
const missingNow = (selection: Selection = {}, models = MODELS) =>
  told(missing(containers, models, selection));
const failedNow = (selection = {}, models = MODELS) => told(failedPictures(containers, models, selection));

describe('the pictures that miss a current document', () => {
  it('are new ones, changed ones and those of a changed model, with the calls each will take', async () => {
    expect((await missingNow()).toSorted()).toEqual([
      'both/model added.jpg 2',
      'both/new.jpg 2',
      'fruit/model changed.jpg 1',
      'fruit/new.jpg 1',
      'fruit/picture changed.jpg 1',
    ]);
  });

  it('may be those below a prefix, or those that go to one model', async () => {
    expect((await missingNow({ prefix: 'both/' })).toSorted()).toEqual([
      'both/model added.jpg 2',
      'both/new.jpg 2',
    ]);
    expect(await missingNow({ model: 'boxes' })).toEqual(await missingNow({ prefix: 'both/' }));
    expect(await missingNow({ prefix: 'nobody/' })).toEqual([]);
    expect(await missingNow({ model: 'none' })).toEqual([]);
  });

  it('may also be those of another iteration of a model, or of one that nobody knows; no failed ones', async () => {
    await dropped('iterated/missing.jpg');
    const selection = { model: 'iterated', iteration: NEW.toLowerCase() };
    expect((await missingNow(selection, [iterated])).toSorted()).toEqual([
      'iterated/missing.jpg 1',
      'iterated/old.jpg 1',
      'iterated/untold.jpg 1',
    ]);
    expect(await missingNow({ model: 'iterated' }, [iterated])).toEqual(['iterated/missing.jpg 1']);
    const beside = { ...fruit, paths: ['**'] };
    await documented('iterated/two.jpg', { models: [beside, iterated], iterations: [OLD, OLD] });
    expect(await missingNow({ ...selection, prefix: 'iterated/two' }, [beside, iterated])).toEqual([
      'iterated/two.jpg 1', // the other model’s answer stays
    ]);
  });

  it('may be those changed since, or unchanged since', async () => {
    const [past, future] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
    expect(await missingNow({ since: future })).toEqual([]);
    expect(await missingNow({ before: past })).toEqual([]);
    expect(await missingNow({ since: past, before: future })).toEqual(await missingNow());
  });
});

describe('the calls of a picture', () => {
  it('are more where a detector takes tiles, and a classifier takes none', async () => {
    const tiled = [
      { ...fruit, tiles: true },
      { ...boxes, tiles: true },
    ];
    expect(await missingNow({ prefix: 'both/new' }, tiled)).toEqual(['both/new.jpg 2 to 11']);
    expect(await missingNow({ prefix: 'fruit/new' }, tiled)).toEqual(['fruit/new.jpg 1']);
    expect(await failedNow({ prefix: 'both/' }, tiled)).toEqual(['both/busy.jpg 2 to 11']);
  });
});

describe('the pictures with a failed document', () => {
  it('are those that are still there, with the calls each may take; none where no model wants it', async () => {
    expect((await failedNow()).toSorted()).toEqual([
      'both/busy.jpg 2',
      'fruit/truncated.jpg 1',
      'iterated/failed.jpg 0',
      'notes/nobody’s.txt 0',
    ]);
  });

  it('take no calls of the models that have answered already', async () => {
    await documented('both/half.jpg', { models: MODELS, code: 'ModelNotPublished', iterations: [NEW] });
    expect(await failedNow({ code: 'ModelNotPublished' })).toEqual(['both/half.jpg 1']);
    const tiled = [fruit, { ...boxes, tiles: true }];
    await documented('both/half.jpg', { models: tiled, code: 'ModelNotPublished', iterations: [NEW] });
    expect(await failedNow({ code: 'ModelNotPublished' }, tiled)).toEqual(['both/half.jpg 1 to 10']);
    await containers.predictions.getBlobClient('both/half.jpg.json').delete();
    await containers.images.getBlobClient('both/half.jpg').delete();
  });

  it('may be those of one code, or below a prefix', async () => {
    expect(await failedNow({ code: 'RateLimited' })).toEqual(['both/busy.jpg 2']);
    expect(await failedNow({ prefix: 'fruit/' })).toEqual(['fruit/truncated.jpg 1']);
    expect(await failedNow({ prefix: 'fruit/', code: 'RateLimited' })).toEqual([]);
  });
});
