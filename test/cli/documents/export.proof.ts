import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseDocument } from '../../../src/storage/documentShape.ts';
import { type Account, startAccount } from '../account.ts';
import { makeDocuments, totals } from './made.ts';

/** DOCUMENTS=100000 takes five times as long, most of it the emulator’s. */
const COUNT = Number(process.env.DOCUMENTS ?? 20_000);
const TOTALS = totals(COUNT);
const HOUR = 3_600_000;

let account: Account;
let folder: string;
beforeAll(async () => {
  account = await startAccount();
  folder = mkdtempSync(join(tmpdir(), 'documents-proof-'));
  await makeDocuments(account.storage.predictions, COUNT);
}, HOUR);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await account?.close();
});

/** Exports all, and measures the memory of the process: resident, in MB, each quarter of a second. */
async function exportAll(to: string): Promise<number[]> {
  const { child, finished } = account.start(['documents', 'export', '--to', to]);
  const memory: number[] = [];
  const watch = setInterval(() => {
    try {
      const told = /VmRSS:\s+(\d+) kB/u.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      if (told) memory.push(Number(told) / 1024);
    } catch {
      // it has ended
    }
  }, 250);
  const { code, err } = await finished;
  clearInterval(watch);
  expect({ code, err }).toEqual({ code: 0, err: `${COUNT} documents are in ${to}.\n` });
  return memory;
}

/** After the start, the second half takes no more than the first: memory does not grow with the documents. */
function isFlat(memory: readonly number[]): { first: number; second: number } {
  const settled = memory.slice(Math.ceil(memory.length / 10));
  const half = Math.floor(settled.length / 2);
  const peak = (samples: readonly number[]) => Math.round(Math.max(...samples));
  const [first, second] = [peak(settled.slice(0, half)), peak(settled.slice(half))];
  expect(second).toBeLessThanOrEqual(first * 1.15);
  expect(second).toBeLessThan(400);
  return { first, second };
}

test(
  `${COUNT} documents become JSON lines in flat memory, each one whole`,
  async () => {
    const to = join(folder, 'all.jsonl');
    const memory = isFlat(await exportAll(to));
    const counts = { documents: 0, failed: 0, predictions: 0, accepted: 0 };
    let last = '';
    for await (const line of createInterface({ input: createReadStream(to) })) {
      const { image, status, results } = parseDocument(line);
      expect(image.name && image.name > last).toBe(true);
      last = image.name ?? '';
      counts.documents += 1;
      counts.failed += Number(status === 'failed');
      counts.predictions += results[0]?.predictions.length ?? 0;
      counts.accepted += results[0]?.accepted.length ?? 0;
    }
    expect({ ...counts, memory }).toEqual({ ...TOTALS, memory });
  },
  HOUR,
);

test(
  `${COUNT} documents become CSV in flat memory, which csv-parse reads`,
  async () => {
    const to = join(folder, 'all.csv');
    const memory = isFlat(await exportAll(to));
    const names = new Set<string>();
    const counts = { failed: 0, predictions: 0, accepted: 0 };
    for await (const row of createReadStream(to).pipe(parse({ columns: true }))) {
      names.add(row.name);
      counts.failed += Number(row.status === 'failed');
      counts.predictions += Number(row.tag !== '');
      counts.accepted += Number(row.accepted === 'true');
    }
    expect({ ...counts, documents: names.size, memory }).toEqual({ ...TOTALS, memory });
  },
  HOUR,
);

test(
  `${COUNT} documents become COCO in flat memory, whole as JSON`,
  async () => {
    const to = join(folder, 'all.json');
    const memory = isFlat(await exportAll(to));
    const { images, annotations, categories } = JSON.parse(readFileSync(to, 'utf8'));
    const ids = new Set<number>(images.map(({ id }: { id: number }) => id));
    expect({ images: images.length, annotations: annotations.length, memory }).toEqual({
      ...{ images: TOTALS.documents - TOTALS.failed, annotations: TOTALS.accepted, memory },
    });
    expect(ids.size).toBe(images.length);
    expect(categories).toHaveLength(5);
    expect(annotations.every(({ image_id }: { image_id: number }) => ids.has(image_id))).toBe(true);
  },
  HOUR,
);
