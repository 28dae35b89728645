import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyLocalSettings } from '../../src/cli/localSettings.ts';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
  file = join(folder, 'local.settings.json');
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('KEYLESS_TEST_')) delete process.env[name];
});

function apply(content: string | Buffer): void {
  writeFileSync(file, content);
  applyLocalSettings(file);
}

describe('a settings file is refused, and nothing of it quoted,', () => {
  it.each([
    [
      'broken off',
      '{"Values": {"ImageStorage": "AccountKey=canary"',
      /^From line 1, column \d+ on, .*settings\.json is not JSON\.$/u,
    ],
    [
      'broken in its third line',
      '{\n  "Values": {\r\n    "A": canary\n}}',
      /^From line 3, column 10 on, .* is not JSON\.$/u,
    ],
    ['empty', '', /is not JSON\.$/u],
    ['of two objects', '{}{"canary": 1}', /is not JSON\.$/u],
    ['nested without end', '['.repeat(200_000), /is not JSON\.$/u],
    ['null', 'null', /holds no object/u],
    ['a list', '[]', /holds no object/u],
    ['with a text for Values', '{"Values": "canary"}', /Values: expected an object/u],
    ['with a list for Values', '{"Values": ["canary"]}', /Values: expected an object/u],
    [
      'with an object for a value',
      '{"Values": {"VISION_MODELS": {"fruit": {}}}}',
      /VISION_MODELS: expected a text; JSON goes in quotes/u,
    ],
    ['with several such', '{"Values": {"A": {}, "B": "canary", "C": [1]}}', /: A, C: expected a text/u],
    [
      'encrypted',
      '{"IsEncrypted": true, "Values": {"A": "canary"}}',
      /is encrypted\.\nFix: func settings decrypt$/u,
    ],
    [
      'encrypted, in small letters',
      '{"isencrypted": "True", "values": {"A": "canary"}}',
      /func settings decrypt/u,
    ],
    [
      'UTF-16 without a mark',
      Buffer.from('{"Values": {"A": "canary"}}', 'utf16le'),
      /UTF-16.*\nFix: .*UTF-8/u,
    ],
  ])('where it is %s', (_, content, words) => {
    expect(() => apply(content)).toThrow(words);
    expect(() => apply(content)).not.toThrow(/canary/u);
  });

  it('where it is a folder', () => {
    expect(() => applyLocalSettings(folder)).toThrow(/cannot be read \(EISDIR\)/u);
  });
});

describe('a settings file is read as func start reads it', () => {
  const TEXT = `{
    // what func init leaves here
    "IsEncrypted": false, /* for now */
    "Values": {
      "KEYLESS_TEST_HOST": "https://a.example//b", // not a comment within
      "KEYLESS_TEST_NAME": "Bäume 🍐",
    },
  }`;
  const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();

  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${TEXT}`)],
    ['UTF-16, as Windows PowerShell writes it', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['UTF-16, the other way round', swapped(`\ufeff${TEXT}`)],
    ['UTF-8 with the line ends of Windows', Buffer.from(TEXT.replaceAll('\n', '\r\n'))],
  ])('with comments and trailing commas, in %s', (_, bytes) => {
    apply(bytes);
    expect(process.env).toMatchObject({
      KEYLESS_TEST_HOST: 'https://a.example//b',
      KEYLESS_TEST_NAME: 'Bäume 🍐',
    });
  });

  it('with numbers and truth values as texts, nothing for null, and members in any letter case', () => {
    apply('{"values": {"KEYLESS_TEST_NUMBER": 5, "KEYLESS_TEST_TRUTH": true, "KEYLESS_TEST_NULL": null}}');
    expect(process.env).toMatchObject({ KEYLESS_TEST_NUMBER: '5', KEYLESS_TEST_TRUTH: 'true' });
    expect(process.env).not.toHaveProperty('KEYLESS_TEST_NULL');
  });

  it('without a word where it has no values', () => {
    apply('{"IsEncrypted": false}');
    apply('{"Values": null}');
  });

  it('and leaves what is set already', () => {
    apply('{"Values": {"PATH": "canary"}}');
    expect(process.env.PATH).not.toBe('canary');
  });
});
