import { setTimeout as sleep } from 'node:timers/promises';
import { KeylessError } from '../errors/errors.ts';
import { inTime } from '../outbound/inTime.ts';
import { endTelemetry } from '../telemetry/telemetry.ts';

/**
 * The host gives a worker five seconds to end:
 * https://github.com/Azure/azure-functions-host, WorkerConstants.WorkerTerminateGracePeriodInSeconds
 */
const FINISH_MS = 3_000;
const HAND_BACK_MS = 1_000;
/** What is left of the grace. */
const TELL_MS = 800;
/** Below functionTimeout in host.json, at which the host ends the worker with everything in it. */
const LONGEST_MS = 570_000;

const ended = new AbortController();
const running = new Set<Promise<unknown>>();

/**
 * Work that a shutdown waits for; its signal ends when the wait is over, or after `longestMs`, before the host
 * would end the whole worker, and what is left is to be handed back.
 */
export function inFlight<T>(
  work: (signal: AbortSignal) => Promise<T>,
  longestMs: number = LONGEST_MS,
): Promise<T> {
  const result = inTime(longestMs, work, ended.signal, () => broken('took too long'));
  const settled = result.catch(() => {}).finally(() => running.delete(settled));
  running.add(settled);
  return result;
}

/** For appTerminate: lets work finish, hands back what is left, then sends what is to be told of it, all within the host’s grace. */
export async function finishInFlight(): Promise<void> {
  const settled = () => Promise.all(running);
  await Promise.race([settled(), sleep(FINISH_MS, undefined, { ref: false })]);
  ended.abort(broken('was broken off, since the app is ending'));
  await Promise.race([settled(), sleep(HAND_BACK_MS, undefined, { ref: false })]);
  await Promise.race([endTelemetry(), sleep(TELL_MS, undefined, { ref: false })]);
}

const broken = (why: string): KeylessError => new KeylessError('VisionTimeout', `The work ${why}.`);
