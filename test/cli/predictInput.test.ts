import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { share } from '../../src/cli/commands/arguments.ts';
import { explain, UsageError } from '../../src/cli/faults.ts';
import { type NamedPicture, namedPictures } from '../../src/cli/predict/pictures.ts';
import { readImage } from '../../src/cli/predict/score.ts';
import { rejection } from '../support/secrets.ts';

let folder: string;
const at = (...path: string[]) => join(folder, ...path);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pictures-'));
  mkdirSync(at('deep', 'er'), { recursive: true });
  for (const name of ['b.JPG', 'a[1] ä.png', 'deep/er/c.heic', 'deep/notes.md', 'raw'])
    writeFileSync(at(name), name);
  mkdirSync(at('empty'));
  mkdirSync(at('deep', 'album.jpg'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = async (...args: string[]) =>
  (await namedPictures(args)).map(({ name }) => relative(folder, name));

describe('the pictures of a command line', () => {
  it('are files of any name, and those of a folder that look like pictures, also below it', async () => {
    expect(await names(at('raw'), at('a[1] ä.png'))).toEqual(['raw', 'a[1] ä.png']);
    expect(await names(folder)).toEqual(['a[1] ä.png', 'b.JPG', 'deep/er/c.heic']);
  });

  it('are those of a pattern by name, and none twice', async () => {
    expect(await names(at('deep', '**'), at('b.JPG'))).toEqual(['deep/er/c.heic', 'deep/notes.md', 'b.JPG']);
    expect(await names(at('b.JPG'), folder, at('deep', '..', 'b.JPG'), at('*.JPG'))).toEqual([
      'b.JPG',
      'a[1] ä.png',
      'deep/er/c.heic',
    ]);
  });

  it('are read when their turn comes', async () => {
    const [picture] = await namedPictures([at('raw')]);
    writeFileSync(at('raw'), 'changed');
    expect(await picture?.read()).toEqual({ bytes: Buffer.from('changed') });
  });

  it('are told to be empty in words of the command line, not of HTTP', async () => {
    writeFileSync(at('deep', 'hollow'), '');
    const [picture] = await namedPictures([at('deep', 'hollow')]);
    const refusal = await rejection(readImage(picture as NamedPicture));
    expect(refusal).toMatchObject({
      code: 'ImageMissing',
      message: expect.stringMatching(/hollow is empty/u),
    });
    expect(explain(refusal)).not.toMatch(/Content-Length|curl/u);
    rmSync(at('deep', 'hollow'));
  });

  it('are urls that keep their query for Custom Vision alone', async () => {
    const [picture] = await namedPictures(['HTTPS://pictures.test/a%20b.jpg?sig=secret']);
    expect(picture?.name).toBe('https://pictures.test/a%20b.jpg');
    expect(await picture?.read()).toEqual({ url: 'https://pictures.test/a%20b.jpg?sig=secret' });
  });

  it.each([
    ['https://ada:secret@pictures.test/a.jpg', /without a user name or password/u],
    ['https://', /Expected a url/u],
    ['nowhere.jpg', /no file "nowhere\.jpg"/u],
    ['nowhere/**/*.jpg', /none that matches/u],
  ])('cannot be %s', async (arg, words) => {
    const refusal = await rejection(namedPictures([arg]));
    expect(refusal).toBeInstanceOf(UsageError);
    expect((refusal as Error).message).toMatch(words);
    expect((refusal as Error).message).not.toContain('secret');
  });

  it('cannot be a folder without any', async () => {
    expect(await rejection(namedPictures([at('empty')]))).toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining('no picture in the folder'),
    });
  });
});

describe('a share', () => {
  it('is taken from 0 to 1 and refused beyond', () => {
    for (const text of ['0', '1', '0.7', '.25', '1.0']) expect(share(text)).toBe(Number(text));
    for (const text of ['-0.1', '1.1', '50', '', '0,5', '1e-1', 'NaN', '0x1'])
      expect(() => share(text)).toThrow('a number from 0 to 1');
  });

  it('is a number from 0 to 1, whatever is typed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String)), (text) => {
        let value = 0;
        try {
          value = share(text);
        } catch {
          return; // refused
        }
        expect(value >= 0 && value <= 1).toBe(true);
      }),
    );
  });
});
