import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The host gives a worker five seconds to end:
 * https://github.com/Azure/azure-functions-host, WorkerConstants.WorkerTerminateGracePeriodInSeconds
 */
const FINISH_MS = 3_000;
const HAND_BACK_MS = 1_000;

const ending = new AbortController();
const running = new Set<Promise<unknown>>();

/** Work that a shutdown waits for; its signal ends when the wait is over, and what is left is handed back. */
export function inFlight<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const result = work(ending.signal);
  const settled = result.catch(() => {}).finally(() => running.delete(settled));
  running.add(settled);
  return result;
}

/** For appTerminate: lets work finish, then hands back what is left, all within the host’s grace. */
export async function finishInFlight(): Promise<void> {
  const settled = () => Promise.all(running);
  await Promise.race([settled(), sleep(FINISH_MS, undefined, { ref: false })]);
  ending.abort();
  await Promise.race([settled(), sleep(HAND_BACK_MS, undefined, { ref: false })]);
}
