import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** For `node --import` in a host: at its end writes how long its event loop was held, in ms, to the file LOOP_DELAY_FILE. */
const RESOLUTION_MS = 5;
const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
// starting up is no picture’s doing
setTimeout(() => histogram.enable(), 2_000).unref();

/** The histogram tells the distance of its ticks. */
const beyond = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);

process.once('exit', () => {
  const file = process.env.LOOP_DELAY_FILE;
  if (!file) return;
  const { count, max } = histogram;
  writeFileSync(file, JSON.stringify({ count, max: beyond(max), p99: beyond(histogram.percentile(99)) }));
});
