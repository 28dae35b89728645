import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { fileFailure } from '../../src/scoring/fileFailure.ts';
import { readSettings, requireSettings } from '../../src/settings/settings.ts';
import { describeError } from '../../src/storage/document.ts';
import { type Account, jsonLines, startAccount } from './account.ts';

let account: Account;
beforeAll(async () => {
  account = await startAccount();
});
afterAll(() => account?.close());
beforeEach(() => account.vision.server.reset());

/** As the app files pictures that were given up. */
async function failed(code: 'VisionUnavailable' | 'RateLimited', ...names: string[]): Promise<void> {
  const { models } = requireSettings(readSettings(account.environment));
  const containers = await account.containers();
  await account.drop(...names);
  const reason = describeError(new KeylessError(code, 'It was given up.'));
  for (const name of names) await fileFailure({ containers, models }, name, reason);
}

describe('retry', () => {
  it('scores failed pictures again, of one code or below a prefix, and no others', async () => {
    await failed('RateLimited', 'a/limited.jpg', 'both/limited.jpg');
    await failed('VisionUnavailable', 'a/down.jpg');
    await account.drop('a/new.jpg');
    const dry = await account.run(['retry', '--dry-run', '--code', 'RateLimited']);
    expect(dry).toMatchObject({ code: 0, out: 'a/limited.jpg\nboth/limited.jpg\n' });
    expect(dry.err).toContain('2 pictures, 3 paid calls');
    expect(account.vision.server.requests).toHaveLength(0);

    const one = await account.run(['retry', '--yes', '--code', 'RateLimited', '--prefix', 'a/', '--json']);
    expect(one.code).toBe(0);
    expect(jsonLines(one.out)).toEqual([{ name: 'a/limited.jpg', outcome: 'written' }]);
    const all = await account.run(['retry', '--yes']);
    expect(all.err).toContain('2 pictures, 3 paid calls');
    expect(all.err).toContain('Done: 2 written.');
    expect(await account.documentOf('a/down.jpg')).toMatchObject({ status: 'succeeded' });
    expect(await account.storage.document('a/new.jpg')).toBeUndefined();
    expect((await account.run(['retry', '--yes'])).err).toContain('0 pictures');
  });

  it('ends with 1 where a picture failed again, whose document then tells the new reason', async () => {
    await failed('VisionUnavailable', 'b/again.jpg');
    account.vision.server.answerNext('NotFoundIteration');
    const { code, out } = await account.run(['retry', '--yes', '--prefix', 'b/', '--json']);
    expect(code).toBe(1);
    expect(jsonLines(out)).toMatchObject([
      { name: 'b/again.jpg', outcome: 'failed', code: 'ModelNotPublished' },
    ]);
    expect((await account.documentOf('b/again.jpg')).error?.code).toBe('ModelNotPublished');
    expect((await account.run(['retry', '--yes', '--prefix', 'b/'])).code).toBe(0);
  });

  it('pays for nothing where nobody can be asked, and says what to type', async () => {
    await failed('RateLimited', 'c/one.jpg');
    const { code, err } = await account.run(['retry', '--prefix', 'c/']);
    expect(code).toBe(2);
    expect(err).toContain('Nothing was paid.\nFix: The same command with --yes.');
    expect(account.vision.server.requests).toHaveLength(0);
  });

  it('counts no calls for what no model wants', async () => {
    await failed('VisionUnavailable', 'notes.txt');
    expect((await account.run(['retry', '--prefix', 'notes', '--dry-run'])).err).toContain(
      '1 pictures, 0 paid calls, about 0.00',
    );
  });
});
