import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/settings/settings.ts';
import { environment, PREDICTION_URL, settingsOf, withModels, wrong } from './environment.ts';

const of = (entry: Record<string, unknown>) => withModels({ own: entry });
const fine = { export: 'fruit/own.zip', task: 'classify' };

describe('an export as a model', () => {
  it('has its name in the container, its task, and what every model may have', () => {
    const more = { paths: ['own/**'], threshold: 0.7, tiles: true };
    expect(settingsOf(of({ ...fine, ...more })).models).toEqual([{ name: 'own', ...fine, ...more }]);
    expect(settingsOf(of(fine)).models).toEqual([
      { name: 'own', ...fine, paths: ['**'], threshold: 0.5, tiles: false },
    ]);
  });

  it.each([
    [{ ...fine, url: PREDICTION_URL }, /without url: it runs in the app/u],
    [{ ...fine, rate: 3 }, /without rate/u],
    [{ ...fine, store: true }, /without store/u],
    [{ ...fine, fallback: 'other.zip' }, /without fallback/u],
    [{ export: 'own.zip' }, /classify or detect; it is not set/u],
    [{ ...fine, export: '/own.zip' }, /the name of an export in MODELS_CONTAINER/u],
    [{ ...fine, export: 'own\u0000.zip' }, /the name of an export/u],
    [{ ...fine, export: 'x'.repeat(1_025) }, /the name of an export/u],
    [{ ...fine, export: 7 }, /the name of an export/u],
  ])('is refused as %j', (entry, expected) => {
    const { problems } = readSettings(of(entry));
    expect(problems).toMatchObject([{ expected: expect.stringMatching(expected) }]);
  });

  it('costs nothing, so sharing paths with it is told without a price', () => {
    const shared = withModels({
      own: fine,
      other: { ...fine, export: 'other.zip' },
      paid: { url: PREDICTION_URL },
    });
    expect(readSettings(shared).notices[0]).toMatch(
      /own and other share the paths \*\*; such pictures go to both$/u,
    );
  });

  it('may stand in for a model of the service', () => {
    const models = settingsOf(of({ url: PREDICTION_URL, fallback: 'own.zip' })).models;
    expect(models).toMatchObject([{ publishedName: 'fruit', fallback: 'own.zip' }]);
  });
});

describe('MODELS_CONTAINER', () => {
  it('is models, or what is set', () => {
    expect(settingsOf(environment()).modelsContainer).toBe('models');
    expect(settingsOf(environment({ MODELS_CONTAINER: 'exports' })).modelsContainer).toBe('exports');
  });

  it.each(['images', 'predictions', 'predictions-claims', 'Models', 'azure-webjobs-hosts'])(
    'is not %s',
    (name) => {
      expect(wrong(environment({ MODELS_CONTAINER: name }))).toEqual(['MODELS_CONTAINER']);
    },
  );
});
