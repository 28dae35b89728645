import { setTimeout as later } from 'node:timers/promises';

/**
 * A generous bound on what one block of the event loop may be, in milliseconds: 50 is the rule, times four for machines
 * that are slow and shared. The exact figure belongs to npm run memory.
 */
export const LONGEST_BLOCK_MS = 200;

/**
 * The longest stretch, in milliseconds, in which this thread computed without letting a timer have its turn. The least of
 * three where it is over the bound: what other tests left behind may be collected just then.
 */
export async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  const first = await longestOf(work);
  if (first < LONGEST_BLOCK_MS) return first;
  return Math.min(first, await longestOf(work), await longestOf(work));
}

async function longestOf(work: () => Promise<unknown>): Promise<number> {
  let [longest, running] = [0, true];
  const watching = (async () => {
    while (running) {
      const before = process.threadCpuUsage();
      await later(1);
      const { user, system } = process.threadCpuUsage(before);
      longest = Math.max(longest, (user + system) / 1_000);
    }
  })();
  await later(2);
  await work().catch(() => {});
  running = false;
  await watching;
  return longest;
}
