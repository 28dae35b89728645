import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Reconciled, reconcilePictures } from '../../src/scoring/reconcile.ts';
import type { ScoringParts } from '../../src/scoring/scorePicture.ts';
import { type Scoring, startScoring } from '../support/scoring.ts';
import { ONCE } from '../support/visionParts.ts';

let scoring: Scoring;
beforeAll(async () => {
  scoring = await startScoring();
});
afterAll(() => scoring?.close());
beforeEach(async () => {
  scoring.vision.server.reset();
  const { claims, images } = await scoring.containers();
  await claims.deleteIfExists();
  for await (const { name } of images.listBlobsFlat()) await images.deleteBlob(name);
  lines.length = 0;
});

const lines: string[] = [];
const say = (level: string) => (line: string) => void lines.push(`${level} ${line}`);
const log = { info: say('info'), warn: say('warn'), error: say('error') };

/** Two models of one account: `well` answers, `ill` does not. */
const parts = (own: Partial<ScoringParts> = {}) =>
  scoring.parts({
    models: [
      scoring.vision.model({ name: 'ill', task: 'detect', paths: ['ill/**'] }),
      scoring.vision.model({ name: 'well', paths: ['well/**', 'zz/**'] }),
    ],
    budget: { ...ONCE, attempt: 200 },
    ...own,
  });
async function run(): Promise<Reconciled> {
  scoring.vision.server.unavailable = new Set(['fruit boxes']);
  const { signal } = new AbortController();
  return reconcilePictures(
    { ...(await parts()), signal },
    { before: new Date(Date.now() + 60_000), most: 10 },
    log,
  );
}

describe('reconcile', () => {
  it('reaches what is behind as many pictures that fail for now as it takes in a run, and tells what it left', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, index) => scoring.dropFresh(`ill/${1000 + index}.jpg`)));
    await scoring.dropFresh('well/good.jpg');
    expect(await run()).toEqual({ written: 0, failed: 0, left: 10 });
    expect(await run()).toEqual({ written: 1, failed: 0, left: 9 });
    expect(await scoring.documentOf('well/good.jpg')).toMatchObject({ status: 'succeeded' });
  });

  it('begins anew after the last name, in the same run', async () => {
    await scoring.dropFresh('well/b.jpg');
    await run();
    await scoring.dropFresh('well/a.jpg');
    await scoring.dropFresh('well/c.jpg');
    expect(await run()).toEqual({ written: 2, failed: 0, left: 0 });
  });

  it('files as failed what failed five times, and passes it over from then on', async () => {
    await scoring.dropFresh('ill/tree.jpg');
    for (let attempt = 1; attempt < 5; attempt += 1) expect(await run()).toMatchObject({ left: 1 });
    expect(await run()).toEqual({ written: 0, failed: 1, left: 0 });
    expect(await scoring.documentOf('ill/tree.jpg')).toMatchObject({
      status: 'failed',
      error: { code: 'VisionUnavailable' },
    });
    expect(lines.join('\n')).toContain('error ill/tree.jpg: failed: VisionUnavailable');
    expect(await run()).toEqual({ written: 0, failed: 0, left: 0 });
  });

  it('gives a picture that was changed its five attempts anew', async () => {
    await scoring.dropFresh('ill/new.jpg');
    for (let attempt = 0; attempt < 4; attempt += 1) await run();
    await scoring.dropFresh('ill/new.jpg');
    expect(await run()).toEqual({ written: 0, failed: 0, left: 1 });
  });

  it('goes on after names that no metadata could hold as they are', async () => {
    const name = `zz/${'果'.repeat(300)}.jpg`;
    await scoring.dropFresh(name);
    expect(await run()).toMatchObject({ written: 1 });
    await scoring.dropFresh('well/early.jpg');
    expect(await run()).toMatchObject({ written: 1 });
  });
});
