import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runOver } from '../../src/cli/run.ts';
import { type SweepResult, sweep } from '../../src/cli/sweep.ts';
import { KeylessError } from '../../src/errors/errors.ts';
import type { Calls } from '../../src/scoring/selection.ts';
import type { InventoryItem } from '../../src/storage/inventory.ts';
import { type Scoring, startScoring } from '../support/scoring.ts';
import { rejection } from '../support/secrets.ts';

let scoring: Scoring;
beforeAll(async () => {
  scoring = await startScoring();
});
afterAll(() => scoring?.close());
beforeEach(() => scoring.vision.server.reset());
afterEach(() => void vi.restoreAllMocks());

type Item = InventoryItem & { calls: Calls };
const item = (name: string): Item => ({
  name,
  etag: '',
  lastModified: new Date(),
  calls: { least: 1, most: 1 },
});
async function* listed(names: string[], then?: Error): AsyncGenerator<Item> {
  for (const name of names) yield item(name);
  if (then) throw then;
}
const drop = (names: string[]) => Promise.all(names.map((name) => scoring.dropFresh(name)));
const AGREED = { concurrency: 2, price: 2, yes: true };
const never = new AbortController().signal;
const DOWN = new KeylessError('StorageUnavailable', 'The listing broke off.');

describe('a sweep', () => {
  it('tells how each picture ended, those that are gone or done among them', async () => {
    await drop(['a/done.jpg', 'a/new.jpg']);
    await scoring.storage.drop('a/broken.jpg', 'no picture');
    const parts = await scoring.parts();
    const results: SweepResult[] = [];
    const run = (names: string[], concurrency: number) =>
      sweep(parts, listed(names), { concurrency, again: {}, signal: never }, (one) => results.push(one));
    await run(['a/done.jpg'], 1);
    await run(['a/done.jpg', 'a/new.jpg', 'a/broken.jpg', 'a/gone.jpg'], 1);
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'written',
      'already done',
      'written',
      'failed',
      'gone',
    ]);
    expect(results[3]).toMatchObject({ name: 'a/broken.jpg', code: expect.stringMatching(/^Image/u) });
  });

  it('takes no more from the listing than it can work on soon', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `b/${index}.jpg`);
    await drop(names);
    scoring.vision.server.faults.latencyMs = 50;
    let [taken, ended, furthest] = [0, 0, 0];
    async function* counted() {
      for await (const each of listed(names)) {
        taken += 1;
        furthest = Math.max(furthest, taken - ended);
        yield each;
      }
    }
    await sweep(await scoring.parts(), counted(), { concurrency: 4, again: {}, signal: never }, () => {
      ended += 1;
    });
    expect(ended).toBe(30);
    expect(furthest).toBeLessThanOrEqual(10);
  });

  it('whose listing breaks off finishes what it has at work before it says so', async () => {
    await drop(['c/1.jpg', 'c/2.jpg']);
    scoring.vision.server.faults.latencyMs = 100;
    const results: SweepResult[] = [];
    const parts = await scoring.parts();
    const sweeping = sweep(
      parts,
      listed(['c/1.jpg', 'c/2.jpg'], DOWN),
      { concurrency: 4, again: {}, signal: never },
      (result) => results.push(result),
    );
    expect(await rejection(sweeping)).toBe(DOWN);
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
  });
});

describe('a run', () => {
  it('pays for no more than it told, whatever comes meanwhile', async () => {
    await drop(['e/1.jpg', 'e/2.jpg', 'e/3.jpg']);
    const said: string[] = [];
    vi.spyOn(console, 'error').mockImplementation((line) => void said.push(String(line)));
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const listings = [
      ['e/1.jpg', 'e/2.jpg'],
      ['e/1.jpg', 'e/2.jpg', 'e/3.jpg'],
    ].values();
    const list = () => listed(listings.next().value ?? []);
    expect(await runOver(await scoring.parts(), list, {}, AGREED)).toBe(0);
    expect(scoring.vision.server.requests).toHaveLength(2);
    expect(said).toEqual([
      '2 pictures, 2 paid calls, about 0.00 at 2 per 1,000.',
      'More pictures came meanwhile; the same command tells what they cost.',
      'Done: 2 written.',
    ]);
  });

  it('whose listing breaks off still sums up what it did', async () => {
    await drop(['d/1.jpg']);
    const said: string[] = [];
    vi.spyOn(console, 'error').mockImplementation((line) => void said.push(String(line)));
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    let listings = 0;
    const list = () => {
      listings += 1;
      return listed(['d/1.jpg'], listings === 1 ? undefined : DOWN);
    };
    expect(await rejection(runOver(await scoring.parts(), list, {}, AGREED))).toBe(DOWN);
    expect(said).toEqual(['1 pictures, 1 paid calls, about 0.00 at 2 per 1,000.', 'Done: 1 written.']);
  });
});
