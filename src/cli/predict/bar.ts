import { Presets, SingleBar } from 'cli-progress';

export type Bar = { step(): void; stop(): void };

/** A progress bar on standard error for several pictures, where that is a terminal; else nothing. */
export function createBar(total: number): Bar {
  if (total < 2 || !process.stderr.isTTY) return { step: () => {}, stop: () => {} };
  const bar = new SingleBar(
    {
      format: '{bar} {percentage}% | {value}/{total} | {eta_formatted} left',
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return { step: () => bar.increment(), stop: () => bar.stop() };
}
