import type { ScoringParts } from '../scoring/scorePicture.ts';
import type { InventoryItem } from '../storage/inventory.ts';
import { interruption } from './progress.ts';
import { createReport } from './report.ts';
import { sweep } from './sweep.ts';

export type RunOptions = {
  dryRun?: boolean;
  json?: boolean;
  concurrency: number;
  price: number;
  prefix?: string;
};
type Listing = () => AsyncIterable<InventoryItem & { calls: number }>;

/** Counts first and says what it will cost, then scores; Ctrl-C lets those at work finish, a second one ends at once. */
export async function runOver(
  parts: ScoringParts,
  list: Listing,
  failedAgain: boolean,
  options: RunOptions,
): Promise<number> {
  const { dryRun, json = false, concurrency, price } = options;
  const stopping = interruption();
  let pictures = 0;
  let calls = 0;
  for await (const item of list()) {
    if (stopping.aborted) return 130;
    pictures += 1;
    calls += item.calls;
    if (dryRun) console.log(json ? JSON.stringify({ name: item.name, calls: item.calls }) : item.name);
  }
  const cost = ((calls / 1000) * price).toFixed(2);
  console.error(`${pictures} pictures, ${calls} paid calls, about ${cost} at ${price} per 1,000.`);
  if (dryRun) return 0;
  const report = createReport(pictures, json);
  let failures = 0;
  try {
    await sweep(parts, list(), { concurrency, failedAgain, signal: stopping }, report.add);
  } finally {
    failures = report.finish();
  }
  if (stopping.aborted) {
    console.error('Interrupted; the same command goes on from here.');
    return 130;
  }
  return failures > 0 ? 1 : 0;
}
