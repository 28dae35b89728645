import type { ContainerClient } from '@azure/storage-blob';
import { changeOutbox, type ListedOutbox, listOutboxes } from '../storage/outboxes.ts';
import type { Send } from './telling.ts';

/** Which of those who were not told: all, or those with the code of their last failure; below a prefix of names. */
export type Untold = { code?: string; prefix?: string };

const isUntold = (code?: string) => (entry: ListedOutbox['outbox'][number]) =>
  (entry.state === 'waits' || entry.state === 'failed') && (code === undefined || entry.code === code);

/** Documents that somebody was not told of yet, or was given up on. */
export async function* untold(
  predictions: ContainerClient,
  { code, prefix }: Untold,
): AsyncGenerator<ListedOutbox> {
  for await (const item of listOutboxes(predictions, prefix)) {
    const outbox = item.outbox.filter(isUntold(code));
    if (outbox.length > 0) yield { ...item, outbox };
  }
}

/** Begins anew with those of a document: due now, with no attempt made. Resolves with how many targets that were. */
export async function tellAgain(
  predictions: ContainerClient,
  send: Send,
  name: string,
  code: string | undefined,
  now: () => number = Date.now,
): Promise<number> {
  let again: string[] = [];
  await changeOutbox(predictions, name, ({ outbox = [] }) => {
    again = outbox.filter(isUntold(code)).map(({ target }) => target);
    return outbox.map((entry) =>
      isUntold(code)(entry)
        ? { target: entry.target, state: 'waits', at: Math.floor(now() / 1000), attempts: 0 }
        : entry,
    );
  });
  for (const target of again) await send({ target, name }, 0);
  return again.length;
}
