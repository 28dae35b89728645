import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { readSettings, requireSettings } from '../../src/settings/settings.ts';
import { anyText, anyUrl } from '../support/anyText.ts';
import { environment, PREDICTION_URL, PROJECT_ID, withModels } from './environment.ts';

const NAMES = [
  ...Object.keys(environment()),
  ...[
    'ImageStorage',
    'IMAGES_CONTAINER',
    'PREDICTIONS_CONTAINER',
    'BLOB_TRIGGER_SOURCE',
    'EVENT_DELIVERY',
    'EVENT_QUEUE',
    'URL_HOSTS',
    'CALLER_AUTH',
  ],
  ...['VISION_MODELS', 'VISION_ENDPOINT', 'VISION_PROJECT_ID', 'VISION_PUBLISHED_NAME', 'VISION_TASK'],
  ...['MANAGED_IDENTITY_CLIENT_ID', 'MANAGED_IDENTITY_OBJECT_ID', 'MANAGED_IDENTITY_RESOURCE_ID'],
  ...['AZURE_TOKEN_CREDENTIALS', 'TELEMETRY', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
];
const value = fc.oneof(
  fc.string(),
  anyText(),
  fc.json(),
  anyUrl,
  fc.constantFrom(
    '',
    ' ',
    PROJECT_ID,
    PREDICTION_URL,
    'classify',
    'images',
    'http://127.0.0.1:1',
    'key',
    'otlp',
  ),
);
const anyEnvironment = fc.dictionary(fc.constantFrom(...NAMES), fc.option(value, { nil: undefined }));

/** Settings or problems, never both, never neither; what requireSettings throws is an error of the book. */
function expectSound(own: Record<string, string | undefined>): void {
  const loaded = readSettings(own);
  expect(loaded.settings === undefined).toBe(loaded.problems.length > 0);
  expect(loaded.registration.imagesContainer).toMatch(/^[a-z0-9-]{3,63}$/u);
  if (!loaded.settings) expect(() => requireSettings(loaded)).toThrow(KeylessError);
}

describe('reading settings', () => {
  it('never throws, whatever the environment holds', () => {
    fc.assert(fc.property(anyEnvironment, expectSound), { numRuns: 500 });
  });

  it('never throws over any JSON in VISION_MODELS', () => {
    const json = fc.oneof(
      fc.json(),
      fc.dictionary(fc.string(), fc.jsonValue()).map((models) => JSON.stringify(models)),
      fc
        .record(
          {
            url: fc.oneof(fc.jsonValue(), fc.constant(PREDICTION_URL)),
            endpoint: fc.oneof(fc.jsonValue(), anyUrl),
            projectId: fc.oneof(fc.jsonValue(), fc.uuid()),
            publishedName: fc.jsonValue(),
            task: fc.oneof(fc.jsonValue(), fc.constantFrom('classify', 'detect')),
            paths: fc.oneof(fc.jsonValue(), fc.array(fc.string())),
            threshold: fc.oneof(fc.jsonValue(), fc.double()),
            rate: fc.jsonValue(),
          },
          { requiredKeys: [] },
        )
        .map((entry) => JSON.stringify({ fruit: entry })),
    );
    fc.assert(
      fc.property(json, (models) => expectSound(withModels(models))),
      { numRuns: 500 },
    );
  });

  it('never throws over JSON that nests without end', () => {
    const deep = '['.repeat(60_000) + ']'.repeat(60_000);
    expectSound(withModels(deep));
    expectSound(withModels(`{"fruit": ${deep}}`));
    expectSound(withModels(`{"fruit": {"url": ${deep}}}`));
  });

  it('never shows a secret that stands in ImageStorage', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9+/]{24,64}={0,2}$/u);
    fc.assert(
      fc.property(secret, fc.string(), anyEnvironment, (key, around, own) => {
        const loaded = readSettings({
          ...own,
          ImageStorage: `${around}AccountKey=${key};AccountName=orchard`,
        });
        expect(loaded.settings).toBeUndefined();
        expect(JSON.stringify(loaded)).not.toContain(key);
        expect(() => requireSettings(loaded)).toThrow(
          expect.objectContaining({ message: expect.not.stringContaining(key) }),
        );
      }),
    );
  });

  it('keeps each message short enough to read', () => {
    const { problems } = readSettings(
      environment({ IMAGES_CONTAINER: 'x'.repeat(5_000), CALLER_AUTH: 'é'.repeat(999) }),
    );
    expect(problems).toHaveLength(2);
    for (const { got } of problems) expect(got?.length).toBeLessThan(100);
  });
});
