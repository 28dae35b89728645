import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../../local/waiting.ts';
import { inOrder } from '../../../src/cli/documents/inOrder.ts';
import { readCoco } from '../../../src/cli/evaluate/truth/coco.ts';
import type { PredictionDocument } from '../../../src/storage/document.ts';
import { keylessHere } from '../../support/inProcess.ts';
import { type Account, jsonLines, startAccount } from '../account.ts';
import { madeDocument, makeDocuments, nameOf, totals } from './made.ts';

/** More than a page of the listing. */
const COUNT = 450;
const TOTALS = totals(COUNT);

let account: Account;
let folder: string;
beforeAll(async () => {
  account = await startAccount();
  folder = mkdtempSync(join(tmpdir(), 'documents-'));
  await makeDocuments(account.storage.predictions, COUNT);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await account?.close();
});

/** Storage is opened by a connection string here, which takes no identity. */
const run = (...args: string[]) => keylessHere(['documents', 'export', ...args], account.environment);
const exported = async (...args: string[]) =>
  jsonLines((await run(...args)).out) as unknown as PredictionDocument[];
const namesOf = (documents: readonly PredictionDocument[]) => documents.map(({ image }) => image.name);

describe('documents export', () => {
  it('writes every document once, whole, by name, as JSON lines', async () => {
    const to = join(folder, 'all.jsonl');
    const { code, out, err } = await run('--to', to);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: `${COUNT} documents are in ${to}.\n` });
    const documents = jsonLines(readFileSync(to, 'utf8')) as unknown as PredictionDocument[];
    expect(documents).toHaveLength(COUNT);
    expect(namesOf(documents)).toEqual(namesOf(documents).toSorted());
    const byName = new Map(documents.map((document) => [document.image.name, document]));
    for (let index = 0; index < COUNT; index += 1)
      expect(byName.get(nameOf(index))).toEqual(madeDocument(index));
    expect(existsSync(`${to}.part`) || existsSync(`${to}.progress`)).toBe(false);
  });

  it('writes a line for each prediction, and for what has none, as CSV', async () => {
    const to = join(folder, 'all.csv');
    expect((await run('--to', to)).code).toBe(0);
    const rows: Record<string, string>[] = parse(readFileSync(to), { columns: true });
    expect(rows).toHaveLength(TOTALS.predictions + TOTALS.failed);
    expect(rows.filter(({ accepted }) => accepted === 'true')).toHaveLength(TOTALS.accepted);
    expect(rows.filter(({ code }) => code === 'ImageTruncated')).toHaveLength(TOTALS.failed);
    const [made] = madeDocument(4).results;
    const of4 = rows.filter(({ name }) => name === nameOf(4));
    expect(of4.map(({ tag, probability }) => [tag, Number(probability)])).toEqual(
      made?.predictions.map(({ tagName, probability }) => [tagName, probability]),
    );
    expect(of4[0]).toMatchObject({ status: 'succeeded', model: 'boxes', left: '0', boxWidth: '0.5' });
  });

  it('writes what was accepted, boxes in pixels, as COCO, which evaluate reads as truth', async () => {
    const to = join(folder, 'all.json');
    expect((await run('--to', to)).code).toBe(0);
    const coco = JSON.parse(readFileSync(to, 'utf8'));
    expect(coco.images).toHaveLength(COUNT - TOTALS.failed);
    expect(coco.annotations).toHaveLength(TOTALS.accepted);
    expect(new Set(coco.annotations.map(({ id }: { id: number }) => id)).size).toBe(TOTALS.accepted);
    expect(coco.annotations[0]).toMatchObject({
      bbox: [0, 120, 320, 240],
      area: 76_800,
      iscrowd: 0,
      score: 0.9,
    });
    const told = await readCoco(to);
    const read = told.find(({ name }) => name === nameOf(4));
    expect(read?.tags).toEqual(madeDocument(4).results[0]?.accepted.map(({ tagName }) => tagName));
    expect(read?.drawn).toMatchObject({ width: 640, height: 480 });
  });

  it('takes those of a prefix, a time, a tag, a model, a status, and all of these together', async () => {
    const all = Array.from({ length: COUNT }, (_, index) => madeDocument(index));
    const accepts = (document: PredictionDocument, tag: string) =>
      document.results.some(({ accepted }) => accepted.some(({ tagName }) => tagName === tag));
    const [since, until] = ['2026-11-01T00:02:00Z', '2026-11-01T00:06:00Z'].map((text) => new Date(text));
    const within = ({ completedAt }: PredictionDocument) =>
      new Date(completedAt) >= (since as Date) && new Date(completedAt) < (until as Date);
    const at = ['--since', since?.toISOString() ?? '', '--until', until?.toISOString() ?? ''];
    const prefix = 'orchard/3/'; // a tenth, so that it takes less long
    const cases: [string[], (document: PredictionDocument) => boolean][] = [
      [[], () => true],
      [at, within],
      [['--tag', 'lemon'], (document) => accepts(document, 'lemon')],
      [['--model', 'boxes'], ({ status }) => status === 'succeeded'],
      [['--model', 'fruit'], () => false],
      [['--status', 'succeeded', ...at, '--tag', 'apple'], (each) => within(each) && accepts(each, 'apple')],
    ];
    for (const [args, wanted] of cases) {
      const names = namesOf(await exported('--prefix', prefix, ...args));
      const expected = all.filter((each) => each.image.name?.startsWith(prefix) && wanted(each));
      expect({ args, names }).toEqual({ args, names: namesOf(expected).toSorted() });
    }
    expect(await exported('--status', 'failed')).toHaveLength(TOTALS.failed);
  });

  it('goes on after a kill at any moment, to the same bytes', async () => {
    const to = join(folder, 'killed.json');
    const { child, finished } = account.start([...['documents', 'export', '--to', to, '--concurrency', '1']]);
    await waitFor('the first page', async () => existsSync(`${to}.progress`) || undefined);
    child.kill('SIGKILL');
    await finished;
    expect(existsSync(to)).toBe(false);
    const other = await run('--to', to, '--tag', 'apple');
    expect(other).toMatchObject({ code: 2, err: expect.stringMatching(/of an export of something else/u) });
    const { code, err } = await run('--to', to);
    expect(code).toBe(0);
    expect(err).toMatch(/^Going on after 2[0-9]+ documents\.\n450 documents are in /u);
    expect(readFileSync(to).equals(readFileSync(join(folder, 'all.json')))).toBe(true);
    expect(existsSync(`${to}.part2`) || existsSync(`${to}.progress`)).toBe(false);
  });

  it('passes over what the app has not written, and tells of a document that is none', async () => {
    const { predictions } = account.storage;
    const put = async (name: string, text: string, metadata?: Record<string, string>) =>
      predictions.getBlockBlobClient(name).upload(text, text.length, { ...(metadata && { metadata }) });
    await put('foreign/notes.json', '{}');
    await put('foreign/broken.jpg.json', '{"status":', { pictureetag: '0x1', status: 'succeeded' });
    const { code, out, err } = await run('--prefix', 'foreign/');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /^BlobNotOurs: What is in the place of the document of foreign\/broken\.jpg is none\.\n$/u,
    );
    await Promise.all(['notes', 'broken.jpg'].map((name) => predictions.deleteBlob(`foreign/${name}.json`)));
  });

  it('refuses what it cannot do, with 2', async () => {
    const there = join(folder, 'there.csv');
    writeFileSync(there, 'mine');
    const refusals: [string[], RegExp][] = [
      [['--to', there], /there\.csv is there already\.\nFix: Remove it/u],
      [['--form', 'coco'], /it needs a file\.\nFix: Name one with --to/u],
      [['--form', 'xml'], /Allowed choices are jsonl, csv, coco/u],
      [['--until', 'soon'], /a date such as/u],
    ];
    for (const [args, words] of refusals) {
      const { code, out, err } = await run(...args);
      expect({ args, code, out, err }).toEqual({ args, code: 2, out: '', err: expect.stringMatching(words) });
    }
    expect(readFileSync(there, 'utf8')).toBe('mine');
  });

  it('puts the answers of two models into no COCO file', async () => {
    const made = madeDocument(1);
    const [first] = made.results;
    const document = { ...made, results: [first, { ...first, model: 'fruit' }] } as PredictionDocument;
    const { coco } = await import('../../../src/cli/documents/forms/coco.ts');
    expect(() => coco(undefined).add(document)).toThrow(/those of boxes and fruit/u);
  });
});

describe('work in order', () => {
  it('is under way for so many at most, and gives results in order, whatever takes how long', async () => {
    let [now, most] = [0, 0];
    const work = async (item: number) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, (item * 7) % 5));
      now -= 1;
      return item;
    };
    const items = Array.from({ length: 40 }, (_, index) => index);
    const results: number[] = [];
    for await (const result of inOrder(items, 6, work)) results.push(result);
    expect(results).toEqual(items);
    expect(most).toBe(6);
  });
});
