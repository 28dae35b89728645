import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import type { Stack } from '../../local/stack.ts';
import { bareEtag, fromMetadata } from '../../src/storage/mark.ts';

export type Figures = {
  current: number;
  lost: number;
  stale: number;
  failed: number;
  /** How many of the failed ones have which code. */
  codes: Record<string, number>;
};

/** Compares every picture of the container with its document: is it there, is it of the content that lies there now. */
export async function count(stack: Stack, names: readonly string[]): Promise<Figures> {
  const figures: Figures = { current: 0, lost: 0, stale: 0, failed: 0, codes: {} };
  const { images, predictions } = stack.uploader;
  const [etags, marks] = await Promise.all([
    listed(images, ({ properties }) => properties.etag),
    listed(predictions, ({ metadata }) => metadata),
  ]);
  for (const name of names) {
    const mark = fromMetadata(marks.get(`${name}.json`));
    if (!mark) figures.lost += 1;
    else if (mark.pictureEtag !== bareEtag(etags.get(name) ?? '')) figures.stale += 1;
    else if (mark.status === 'failed') {
      figures.failed += 1;
      figures.codes[mark.code ?? ''] = (figures.codes[mark.code ?? ''] ?? 0) + 1;
    } else figures.current += 1;
  }
  return figures;
}

/** By listing: a request for each blob would keep the emulator from its work. */
async function listed<T>(container: ContainerClient, take: (blob: BlobItem) => T): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for await (const blob of container.listBlobsFlat({ includeMetadata: true }))
    found.set(blob.name, take(blob));
  return found;
}

/** Messages in the poison queue, 0 where there is no queue. */
export async function poisoned(stack: Stack): Promise<number> {
  const queue = stack.uploader.queues.getQueueClient('webjobs-blobtrigger-poison');
  return queue.getProperties().then(
    ({ approximateMessagesCount = 0 }) => approximateMessagesCount,
    () => 0,
  );
}

/** Prints a check and remembers whether any was off. */
export function createVerdict() {
  let off = 0;
  return {
    check(what: string, value: number | string, holds: boolean): void {
      if (!holds) off += 1;
      console.log(`${holds ? 'ok ' : 'OFF'}  ${what.padEnd(58)} ${value}`);
    },
    finish(): void {
      console.log(off === 0 ? '\nAll figures as promised.' : `\n${off} figures are off.`);
      process.exitCode = off === 0 ? 0 : 1;
    },
  };
}
