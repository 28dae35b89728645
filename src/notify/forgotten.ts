import type { ContainerClient } from '@azure/storage-blob';
import type { Rule } from '../settings/settings.ts';
import { listOutboxes } from '../storage/outboxes.ts';
import type { Send } from './telling.ts';

/** Of a run: what is left, the next one finds. */
const MOST_MESSAGES = 1_000;
/** Younger ones have their message, or its host is still at work. */
const SETTLED_SECONDS = 120;

/**
 * Hands on again what waits and is long due: the host died between the document and its message, or between a fault and
 * the message for the next try. Resolves with how many there were.
 */
export async function handOnForgotten(
  predictions: ContainerClient,
  rules: readonly Rule[],
  send: Send,
  signal: AbortSignal,
  now: () => number = Date.now,
): Promise<number> {
  const before = now() / 1000 - SETTLED_SECONDS;
  const digests = new Set(rules.flatMap(({ key, to }) => (to.kind === 'mail' ? [key] : [])));
  const woken = new Set<string>();
  let handed = 0;
  for await (const { name, outbox } of listOutboxes(predictions)) {
    for (const { target, state, at } of outbox) {
      if (signal.aborted || handed >= MOST_MESSAGES) return handed;
      if (state !== 'waits' || at > before || woken.has(target)) continue;
      if (digests.has(target)) woken.add(target); // one mail tells of all
      await send(digests.has(target) ? { target } : { target, name }, 0);
      handed += 1;
    }
  }
  return handed;
}
