import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyLocalSettings } from '../../src/cli/localSettings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['broken', '{"Values": {"ImageStorage": "AccountKey=canary"', /is not JSON\.$/u],
  ['null', 'null', /holds no object/u],
  ['a list', '[]', /holds no object/u],
  ['with a text for Values', '{"Values": "canary"}', /Values: expected an object/u],
  ['with a list for Values', '{"Values": ["canary"]}', /Values: expected an object/u],
  [
    'with an object for a value',
    '{"Values": {"VISION_MODELS": {"fruit": {}}}}',
    /VISION_MODELS: expected a text/u,
  ],
  ['encrypted', '{"IsEncrypted": true, "Values": {"A": "canary"}}', /is encrypted/u],
])('refuses a settings file that is %s, and quotes nothing of it', (_, text, words) => {
  const file = join(folder, 'local.settings.json');
  writeFileSync(file, text);
  expect(() => applyLocalSettings(file)).toThrow(words);
  expect(() => applyLocalSettings(file)).not.toThrow(/canary/u);
});

it('tells a folder from a file that is no JSON', () => {
  expect(() => applyLocalSettings(folder)).toThrow(/cannot be read \(EISDIR\)/u);
});

it('takes numbers and truth values as func start does, and leaves what is set already', () => {
  const file = join(folder, 'good.json');
  writeFileSync(file, '{"Values": {"KEYLESS_TEST_NUMBER": 5, "KEYLESS_TEST_TRUTH": true, "PATH": "canary"}}');
  try {
    applyLocalSettings(file);
    expect(process.env).toMatchObject({ KEYLESS_TEST_NUMBER: '5', KEYLESS_TEST_TRUTH: 'true' });
    expect(process.env.PATH).not.toBe('canary');
  } finally {
    delete process.env.KEYLESS_TEST_NUMBER;
    delete process.env.KEYLESS_TEST_TRUTH;
  }
});
