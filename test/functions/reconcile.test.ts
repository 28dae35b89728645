import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_PROJECT_ID } from '../../local/prediction/models.ts';
import { loadFunctions, type Registered } from '../support/registeredFunctions.ts';
import { type Scoring, startScoring } from '../support/scoring.ts';

let scoring: Scoring;
let app: Registered;
beforeAll(async () => {
  scoring = await startScoring();
  app = await loadFunctions({
    ...scoring.vision.identity.environment,
    ImageStorage: scoring.storage.connectionString,
    RECONCILE_SCHEDULE: '0 */15 * * * *',
    VISION_MODELS: JSON.stringify({
      fruit: {
        endpoint: scoring.vision.server.url,
        projectId: DEFAULT_PROJECT_ID,
        publishedName: 'fruit',
        task: 'classify',
        paths: ['fruit/**'],
        rate: 1_000,
      },
    }),
  });
});
afterAll(() => scoring?.close());
beforeEach(() => {
  scoring.vision.server.reset();
  app.logs.length = 0;
});
afterEach(() => void vi.useRealTimers());

const later = (minutes: number) =>
  void vi.useFakeTimers({ toFake: ['Date'], shouldAdvanceTime: true, now: Date.now() + minutes * 60_000 });
const paid = () => scoring.vision.server.requests.length;
const said = () => app.logs.map(({ level, message }) => `${level} ${message}`).join('\n');

describe('the reconcile function', () => {
  it('runs by the clock of the settings', () => {
    expect(app.bindings('reconcile')[0]).toMatchObject({ type: 'timerTrigger', schedule: '0 */15 * * * *' });
  });

  it('leaves young pictures to their events, and scores the older ones that have no document, once', async () => {
    await scoring.dropFresh('fruit/missed.jpg');
    await scoring.dropFresh('notes/nobody’s.txt');
    await app.timer('reconcile');
    expect(paid()).toBe(0);
    later(16);
    await app.timer('reconcile');
    expect(await scoring.documentOf('fruit/missed.jpg')).toMatchObject({ status: 'succeeded' });
    await app.timer('reconcile');
    expect(paid()).toBe(1);
    expect(await scoring.storage.document('notes/nobody’s.txt')).toBeUndefined();
  });

  it('goes on with the others where one picture fails, and tries that one again in the next run', async () => {
    for (const name of ['b', 'c', 'd']) await scoring.dropFresh(`fruit/${name}.jpg`);
    later(16);
    scoring.vision.server.faults.next({ status: 503, headers: { 'retry-after': '900' } });
    await app.timer('reconcile');
    expect(await scoring.storage.document('fruit/b.jpg')).toBeUndefined();
    expect(said()).toMatch(/warn(ing)? fruit\/b\.jpg: left: VisionUnavailable: /u);
    expect(await scoring.documentOf('fruit/d.jpg')).toMatchObject({ status: 'succeeded' });
    await app.timer('reconcile');
    expect(await scoring.documentOf('fruit/b.jpg')).toMatchObject({ status: 'succeeded' });
    expect(paid()).toBe(4);
  });

  it('takes a hundred pictures a run, and the rest in the next one', async () => {
    await Promise.all(
      Array.from({ length: 103 }, (_, index) => scoring.dropFresh(`fruit/many/${100 + index}.jpg`)),
    );
    later(16);
    await app.timer('reconcile');
    expect(paid()).toBe(100);
    expect(said()).toContain('Reconciled: 100 written, 0 failed for good, 0 left to a later run.');
    await app.timer('reconcile');
    expect(paid()).toBe(103);
  });

  it('tells of a container of pictures that is not there', async () => {
    await scoring.storage.images.delete();
    later(16);
    await expect(app.timer('reconcile')).rejects.toMatchObject({ code: 'ContainerMissing' });
  });
});
