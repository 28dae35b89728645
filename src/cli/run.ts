import type { ScoringParts } from '../scoring/scorePicture.ts';
import type { Calls } from '../scoring/selection.ts';
import type { InventoryItem } from '../storage/inventory.ts';
import { askFirst } from './ask.ts';
import { costText, SCORE_THEM } from './cost.ts';
import { interruption } from './progress.ts';
import { type Again, createReport, sweep } from './sweep.ts';

export type RunOptions = {
  dryRun?: boolean;
  json?: boolean;
  yes?: boolean;
  concurrency: number;
  price: number;
  prefix?: string;
};
type Item = InventoryItem & { calls: Calls };
type Listing = () => AsyncIterable<Item>;

/**
 * Counts first, says what it will cost and asks, then scores; Ctrl-C lets those at work finish, a second one ends at
 * once. Resolves with the exit code. Throws UsageError where the question cannot be answered.
 */
export async function runOver(
  parts: ScoringParts,
  list: Listing,
  again: Again,
  options: RunOptions,
  /** One paid call after the yes and before all others; throws where they would be in vain. */
  first?: () => Promise<void>,
): Promise<number> {
  const { dryRun, json = false, yes, concurrency, price } = options;
  const stopping = interruption();
  const calls: Calls = { least: 0, most: 0 };
  let pictures = 0;
  for await (const item of list()) {
    if (stopping.aborted) return 130;
    pictures += 1;
    calls.least += item.calls.least;
    calls.most += item.calls.most;
    if (dryRun) console.log(json ? JSON.stringify(lineOf(item)) : item.name);
  }
  const told = { pictures, calls: first && pictures > 0 ? plusOne(calls) : calls };
  console.error(costText(told, price));
  if (dryRun) return 0;
  if (calls.most > 0) {
    const ended = await askFirst({ ...SCORE_THEM, yes, signal: stopping });
    if (ended) return ended;
    await first?.();
  }
  const report = createReport(pictures, json);
  let failures = 0;
  try {
    const agreed = within(list(), calls.most);
    await sweep(parts, agreed, { concurrency, again, signal: stopping }, report.add);
  } finally {
    failures = report.finish();
  }
  if (stopping.aborted) {
    console.error('Interrupted; the same command goes on from here.');
    return 130;
  }
  return failures > 0 ? 1 : 0;
}

const plusOne = ({ least, most }: Calls): Calls => ({ least: least + 1, most: most + 1 });

const lineOf = ({ name, calls: { least, most } }: Item) => ({
  ...{ name, calls: least },
  ...(most > least && { mostCalls: most }),
});

/** Others may have come since they were counted: no more is paid than was told. */
async function* within(items: AsyncIterable<Item>, mostCalls: number): AsyncGenerator<Item> {
  let left = mostCalls;
  for await (const item of items) {
    left -= item.calls.most;
    if (left < 0) {
      console.error('More pictures came meanwhile; the same command tells what they cost.');
      return;
    }
    yield item;
  }
}
