import { Presets, SingleBar } from 'cli-progress';
import PQueue from 'p-queue';
import { asKeylessError } from '../errors/errors.ts';
import { type Ending, scoreOrFile } from '../scoring/scoreOrFile.ts';
import type { ScoringOptions, ScoringParts } from '../scoring/scorePicture.ts';
import type { InventoryItem } from '../storage/inventory.ts';

export type SweepResult = {
  name: string;
  outcome: Ending['kind'];
  code?: string;
  detail?: string;
};
export type Again = Pick<ScoringOptions, 'failedAgain' | 'anew'>;
export type SweepOptions = { concurrency: number; again: Again; signal: AbortSignal };

/** Scores pictures one after the other as they are listed, at most `concurrency` at a time; a signal ends it after those at work. */
export async function sweep(
  parts: ScoringParts,
  items: AsyncIterable<InventoryItem>,
  { concurrency, again, signal }: SweepOptions,
  report: (result: SweepResult) => void,
): Promise<void> {
  const queue = new PQueue({ concurrency });
  try {
    for await (const { name } of items) {
      if (signal.aborted) break;
      await queue.onSizeLessThan(concurrency);
      queue
        .add(async () => {
          if (!signal.aborted) report(await scoreOne(parts, name, again));
        })
        .catch((error: unknown) => report(resultOfError(name, error)));
    }
  } finally {
    await queue.onIdle(); // also where the listing broke off
  }
}

async function scoreOne(parts: ScoringParts, name: string, again: Again): Promise<SweepResult> {
  const { kind, ...why } = await scoreOrFile(parts, name, again);
  return { name, outcome: kind, ...why };
}

function resultOfError(name: string, thrown: unknown): SweepResult {
  const { code, message } = asKeylessError(thrown);
  return { name, outcome: 'left', code, detail: message };
}

export type Report = {
  add(result: SweepResult): void;
  /** Prints the summary; tells how many did not get a succeeded document. */
  finish(): number;
};

/** Progress for people on standard error, results for machines (one JSON object a line) on standard output. */
export function createReport(total: number, json: boolean): Report {
  const counts = new Map<string, number>();
  const codes = new Map<string, number>();
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  const bar = new SingleBar(
    {
      format: '{bar} {percentage}% | {value}/{total} | {rate}/s | {eta_formatted} left',
      stream: process.stderr,
      noTTYOutput: !json,
      notTTYSchedule: 5_000,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  const started = performance.now();
  let done = 0;
  if (total > 0) bar.start(total, 0, { rate: '0.0' });
  return {
    add(result) {
      done += 1;
      count(counts, result.outcome);
      if (result.code) count(codes, result.code);
      if (json) console.log(JSON.stringify(result));
      if (total > 0) bar.update(done, { rate: ((done * 1000) / (performance.now() - started)).toFixed(1) });
    },
    finish() {
      if (total > 0) bar.stop();
      const list = (map: Map<string, number>) =>
        [...map].map(([key, number]) => `${number} ${key}`).join(', ');
      console.error(`Done: ${list(counts) || 'nothing to do'}${codes.size > 0 ? ` (${list(codes)})` : ''}.`);
      return ['failed', 'blocked', 'left'].reduce((sum, each) => sum + (counts.get(each) ?? 0), 0);
    },
  };
}
