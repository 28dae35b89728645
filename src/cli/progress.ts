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

/**
 * Ctrl-C and SIGTERM as a signal for what is under way; whoever listens ends with 130. A second Ctrl-C ends the process
 * at once.
 */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  process.once('SIGINT', () => {
    process.once('SIGINT', () => process.exit(130));
    interrupted.abort();
  });
  process.once('SIGTERM', () => interrupted.abort());
  return interrupted.signal;
}
