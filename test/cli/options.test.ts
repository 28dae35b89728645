import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Account, startAccount } from './account.ts';

let account: Account;
beforeAll(async () => {
  account = await startAccount();
});
afterAll(() => account?.close());

const REFUSALS: [string[], RegExp][] = [
  [['backfill', '--concurrency', '0'], /whole number from 1 to 999/u],
  [['backfill', '--concurrency', '2.5'], /whole number/u],
  [['backfill', '--concurrency', '-1'], /whole number/u],
  [['backfill', '--concurrency', 'Infinity'], /whole number/u],
  [['retry', '--concurrency', '1000000'], /whole number/u],
  [['backfill', '--price', 'cheap'], /a number such as 2/u],
  [['backfill', '--price', '-2'], /a number such as 2/u],
  [['backfill', '--since', 'yesterday'], /a date such as 2026-11-01/u],
  [['backfill', '--since', '5'], /a date such as/u],
  [['backfill', '--since', '2026-13-01'], /a date such as/u],
  [['backfill', '--since', '01.11.2026'], /a date such as/u],
  [['backfill', '--model', 'pears'], /no model "pears"; there are: fruit, boxes\.\nFix: .*--model/u],
  [['backfill', '--iteration', 'newest'], /expected the id of an iteration \(a UUID\), or current/u],
  [['backfill', '--iteration', 'current'], /several: fruit, boxes\.\nFix: .*--model fruit/u],
  [['retry', '--code', 'Nonsense'], /no error code Nonsense\.\nFix: .*docs\/errors\.md/u],
  [['retry', '--code', 'toString'], /no error code toString/u],
  [['retry', '--code', ''], /--code: expected a value, got an empty text/u],
  [['backfill', '--model', '', '--dry-run'], /--model: expected a value, got an empty text/u],
  [['token', '--audience-check', ' '], /--audience-check: expected a value/u],
  [['doctor', '--app', '', '--resource-group', ''], /--app: expected a value/u],
  [['retry', '--since', '2026-11-01'], /unknown option/u],
  [['backfill', '--wet-run'], /unknown option.*--wet-run/u],
  [['backfill', 'fruit/'], /too many arguments/u],
  [['--settings', 'nowhere.json', 'backfill'], /there is no file nowhere\.json\.\nFix: /u],
  [['bakfill'], /unknown command.*bakfill[\s\S]*backfill/u],
];

describe('the command line', () => {
  it('refuses what it does not take, says what it expected, and ends with 2', async () => {
    await account.drop('untouched.jpg');
    // two at a time, since each is a process
    const waiting = REFUSALS.values();
    const lane = async () => {
      for (const [args, words] of waiting) {
        const { code, out, err } = await account.run(args);
        expect({ args, code, out }).toEqual({ args, code: 2, out: '' });
        expect(err).toMatch(words);
        expect(err).not.toMatch(/^\s+at /mu);
      }
    };
    await Promise.all([lane(), lane()]);
    expect(account.vision.server.requests).toHaveLength(0);
    expect(await account.storage.document('untouched.jpg')).toBeUndefined();
  });

  it('tells what it can do, and ends well', async () => {
    const [help, backfill] = await Promise.all([
      account.run(['--help']),
      account.run(['backfill', '--help']),
    ]);
    expect(help).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/backfill[\s\S]*retry/u) });
    expect(backfill).toMatchObject({ code: 0, out: expect.stringMatching(/--since[\s\S]*--model/u) });
  });

  it('says what is wrong with the settings, all of it, without their secrets', async () => {
    const { code, err } = await account.run(['backfill'], {
      ImageStorage: 'AccountName=orchard;AccountKey=c2VjcmV0LWFjY291bnQta2V5',
      VISION_MODELS: '{}',
    });
    expect(code).toBe(1);
    expect(err).toMatch(/ImageStorage: .+ · VISION_MODELS: [\s\S]*Fix: /u);
    expect(err).not.toContain('c2VjcmV0');
  });

  it('says so when the container of pictures is not there', async () => {
    const { code, err } = await account.run(['backfill'], { IMAGES_CONTAINER: 'nowhere' });
    expect(code).toBe(1);
    expect(err).toMatch(/Listing the pictures of nowhere: storage answered 404 ContainerNotFound/u);
    expect(err).not.toMatch(/SharedKey|authorization/iu);
  });
});
