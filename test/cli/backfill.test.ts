import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scorePicture } from '../../src/scoring/scorePicture.ts';
import { type Account, jsonLines, startAccount } from './account.ts';

let account: Account;
beforeAll(async () => {
  account = await startAccount();
});
afterAll(() => account?.close());
beforeEach(() => account.vision.server.reset());

const paid = () => account.vision.server.requests.length;

describe('backfill', () => {
  it('counts pictures, calls and cost without any of them in a dry run, as names or as JSON', async () => {
    await account.drop('a/one.jpg', 'a/two.jpg', 'both/three.jpg', 'notes.txt');
    const [names, json, below, far] = await Promise.all([
      account.run(['backfill', '--dry-run']),
      account.run(['backfill', '--dry-run', '--json', '--price', '1000']),
      account.run(['backfill', '--dry-run', '--prefix', 'both/']),
      account.run(['backfill', '--dry-run', '--since', '2099-01-01']),
    ]);
    expect(names).toMatchObject({ code: 0, out: 'a/one.jpg\na/two.jpg\nboth/three.jpg\n' });
    expect(names.err).toBe('3 pictures, 4 paid calls, about 0.01 at 2 per 1,000.\n');
    expect(jsonLines(json.out)).toEqual([
      { name: 'a/one.jpg', calls: 1 },
      { name: 'a/two.jpg', calls: 1 },
      { name: 'both/three.jpg', calls: 2 },
    ]);
    expect(json.err).toContain('about 4.00 at 1000 per 1,000.');
    expect(below.out).toBe('both/three.jpg\n');
    expect(far).toMatchObject({ code: 0, out: '', err: expect.stringContaining('0 pictures, 0 paid calls') });
    expect(paid()).toBe(0);
  });

  it('says what it costs before it starts, scores, and has nothing to do the second time', async () => {
    await account.drop('b/one.jpg', 'b/two.jpg', 'b/three.jpg');
    const first = await account.run(['backfill', '--yes', '--prefix', 'b/', '--json']);
    expect(first.code).toBe(0);
    expect(first.err).toMatch(/^3 pictures, 3 paid calls, .+\nDone: 3 written\.\n$/u);
    expect(jsonLines(first.out).toSorted((a, b) => String(a.name).localeCompare(String(b.name)))).toEqual([
      { name: 'b/one.jpg', outcome: 'written' },
      { name: 'b/three.jpg', outcome: 'written' },
      { name: 'b/two.jpg', outcome: 'written' },
    ]);
    const second = await account.run(['backfill', '--prefix', 'b/']); // nothing to pay, nothing to ask
    expect(second).toMatchObject({ code: 0, out: '' });
    expect(second.err).toMatch(/^0 pictures, .+\nDone: nothing to do\.\n$/u);
    expect(paid()).toBe(3);
  });

  it('pays for nothing where nobody can be asked, and says what to type', async () => {
    await account.drop('h/one.jpg');
    for (const json of [[], ['--json']]) {
      expect(await account.run(['backfill', '--prefix', 'h/', ...json])).toEqual({
        code: 2,
        out: '',
        err: '1 pictures, 1 paid calls, about 0.00 at 2 per 1,000.\nScore them? Nobody can answer: this is not a terminal. Nothing was paid.\nFix: The same command with --yes.\n',
      });
    }
    expect(paid()).toBe(0);
    expect(await account.storage.document('h/one.jpg')).toBeUndefined();
  });

  it('tells from what to what it costs where a detector takes tiles, for only reading a picture tells how many', async () => {
    await account.drop('both/i1.jpg', 'both/i2.jpg');
    const models = JSON.parse(account.environment.VISION_MODELS ?? '') as Record<string, object>;
    for (const tiles of [true, false]) {
      const own = { VISION_MODELS: JSON.stringify({ ...models, boxes: { ...models.boxes, tiles } }) };
      const run = ['backfill', '--prefix', 'both/i', '--dry-run', '--json', '--price', '1000'];
      const { out, err } = await account.run(run, own);
      const calls = tiles ? { calls: 2, mostCalls: 11 } : { calls: 2 };
      expect(jsonLines(out)).toEqual(['both/i1.jpg', 'both/i2.jpg'].map((name) => ({ name, ...calls })));
      expect(err).toBe(
        tiles
          ? '2 pictures, 4 to 22 paid calls, about 4.00 to 22.00 at 1000 per 1,000; a picture that has to be shrunk takes up to 9 more for its tiles.\n'
          : '2 pictures, 4 paid calls, about 4.00 at 1000 per 1,000.\n',
      );
    }
  });

  it('ends with 1 where pictures failed, naming code and reason of each, and goes on with the others', async () => {
    await account.drop('c/good.jpg');
    await account.storage.drop('c/broken.jpg', 'no picture');
    const { code, out, err } = await account.run(['backfill', '--yes', '--prefix', 'c/', '--json']);
    expect(code).toBe(1);
    expect(err).toContain('Done: ');
    expect(err).toMatch(/\(1 Image\w+\)\./u);
    expect(jsonLines(out)).toContainEqual({ name: 'c/good.jpg', outcome: 'written' });
    expect(jsonLines(out)).toContainEqual({
      name: 'c/broken.jpg',
      outcome: 'failed',
      code: expect.stringMatching(/^Image/u),
      detail: expect.stringMatching(/./u),
    });
  });

  it('leaves what may pass to the next run, which tries it again', async () => {
    await account.drop('d/later.jpg');
    account.vision.server.faults.next({ status: 503, headers: { 'retry-after': '900' } });
    const first = await account.run(['backfill', '--yes', '--prefix', 'd/', '--json']);
    expect(first.code).toBe(1);
    expect(jsonLines(first.out)).toMatchObject([
      { name: 'd/later.jpg', outcome: 'left', code: 'VisionUnavailable' },
    ]);
    expect(await account.run(['backfill', '--yes', '--prefix', 'd/'])).toMatchObject({ code: 0 });
    expect(await account.documentOf('d/later.jpg')).toMatchObject({ status: 'succeeded' });
  });

  it('works on as many at once as it is told', async () => {
    await account.drop(...Array.from({ length: 12 }, (_, index) => `e/${index}.jpg`));
    account.vision.server.faults.latencyMs = 150;
    let most = 0;
    const looking = setInterval(() => {
      most = Math.max(most, account.vision.server.count({ status: 'pending' }));
    }, 10);
    const { code } = await account.run(['backfill', '--yes', '--prefix', 'e/', '--concurrency', '3']);
    clearInterval(looking);
    expect(code).toBe(0);
    expect(most).toBe(3);
  });

  it('lets those at work finish on Ctrl-C, and the same command goes on from there', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `f/${index}.jpg`);
    await account.drop(...names);
    account.vision.server.faults.latencyMs = 300;
    const { child, finished } = account.start([
      'backfill',
      '--yes',
      '--prefix',
      'f/',
      '--concurrency',
      '2',
      '--json',
    ]);
    while (paid() < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGINT');
    const { code, out, err } = await finished;
    expect(code).toBe(130);
    expect(err).toContain('Interrupted; the same command goes on from here.');
    const half = paid();
    expect(half).toBeLessThan(10);
    expect(jsonLines(out)).toHaveLength(half);
    account.vision.server.faults.latencyMs = 0;
    expect((await account.run(['backfill', '--yes', '--prefix', 'f/'])).err).toContain(
      `${10 - half} pictures`,
    );
    expect(paid()).toBe(10);
  });

  it('ends at once on the second Ctrl-C', async () => {
    await account.drop('g/hanging.jpg');
    account.vision.server.faults.always('hang');
    const { child, finished } = account.start(['backfill', '--yes', '--prefix', 'g/']);
    while (paid() < 1) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(child.exitCode).toBeNull();
    child.kill('SIGINT');
    expect((await finished).code).toBe(130);
  });

  /** Two pictures below a prefix, scored by two iterations; the second one answers. */
  async function twoIterations(prefix: string) {
    const { classifier } = account.vision;
    const names = [`${prefix}1.jpg`, `${prefix}2.jpg`];
    const iterations = [randomUUID(), randomUUID()] as const;
    await account.drop(...names);
    for (const [index, name] of names.entries()) {
      classifier.iterationId = iterations[index] ?? '';
      await scorePicture(await account.parts(), name);
    }
    account.vision.server.reset();
    const run = (...args: string[]) =>
      account.run(['backfill', '--prefix', prefix, '--model', 'fruit', '--iteration', ...args]);
    const told = async () => {
      const documents = await Promise.all(names.map(account.documentOf));
      return documents.map(({ results }) => results[0]?.iteration);
    };
    return { iterations, run, told };
  }

  it('scores those of another iteration anew, once, and those of the one that answers never', async () => {
    const { iterations, run, told } = await twoIterations('j/');
    const [, after] = iterations;
    expect(await run(after.toUpperCase(), '--dry-run')).toMatchObject({ out: 'j/1.jpg\n' });
    expect(paid()).toBe(0);
    const current = await run('current', '--yes');
    expect(current.code).toBe(0);
    expect(current.err).toMatch(
      /^Asking fruit which iteration answers: one paid call\.\nIt is .+\n1 pictures, 1 paid calls/u,
    );
    expect(paid()).toBe(2);
    expect(await told()).toEqual([after, after]);
    expect((await run(after)).err).toContain('0 pictures, 0 paid calls');
  });

  it('pays for no picture where the iteration is not the one that answers, or nobody can be asked', async () => {
    const { iterations, run, told } = await twoIterations('k/');
    const [before] = iterations;
    const refused = await run('current');
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('Nothing was paid.') });
    expect(paid()).toBe(0);
    const wrong = await run(before, '--yes');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('1 pictures, 2 paid calls');
    expect(wrong.err).toContain(`fruit does not answer with the iteration ${before}`);
    expect(paid()).toBe(1);
    expect(await told()).toEqual(iterations);
  });

  it('reads the settings that func start reads, also with the mark that editors put before them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'settings-'));
    const [file, broken] = [join(folder, 'marked.json'), join(folder, 'broken.json')];
    writeFileSync(file, `\uFEFF${JSON.stringify({ IsEncrypted: false, Values: account.environment })}`);
    writeFileSync(broken, '{ "Values": ');
    const nothing = Object.fromEntries(Object.keys(account.environment).map((name) => [name, undefined]));
    const own = nothing as unknown as Record<string, string>;
    expect(await account.run(['--settings', file, 'backfill', '--prefix', 'none/'], own)).toMatchObject({
      code: 0,
    });
    const refused = await account.run(['--settings', broken, 'backfill'], own);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('broken.json is not JSON') });
    rmSync(folder, { recursive: true });
  });
});
