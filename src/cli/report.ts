import { Presets, SingleBar } from 'cli-progress';
import type { SweepResult } from './sweep.ts';

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
      return (counts.get('failed') ?? 0) + (counts.get('error') ?? 0);
    },
  };
}
