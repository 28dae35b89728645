import type { KeylessError } from '../errors/errors.ts';

/** What hangs would else hold the turns of all other targets, ten seconds each. */
const AFTER_TIMEOUT_S = 30;

const until = new Map<string, number>();

/** Seconds that a target asked this process to leave it alone; 0 where it did not. */
export const pausedFor = (target: string, now: number): number =>
  Math.max(0, Math.ceil(((until.get(target) ?? 0) - now) / 1000));

/** After an answer that asked for a pause, or none at all: other documents need not try. */
export function pauseTarget(target: string, { code, retryAfterSeconds }: KeylessError, now: number): void {
  const seconds = retryAfterSeconds ?? (code === 'TargetTimeout' ? AFTER_TIMEOUT_S : 0);
  if (seconds > 0) until.set(target, Math.max(until.get(target) ?? 0, now + seconds * 1000));
}
