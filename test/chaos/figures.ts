import type { Stack } from '../../src/local/stack.ts';
import { bareEtag, fromMetadata } from '../../src/results/mark.ts';

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
  for (const name of names) {
    const { etag = '' } = await images.getBlobClient(name).getProperties();
    const found = await predictions
      .getBlobClient(`${name}.json`)
      .getProperties()
      .catch(() => undefined);
    const mark = fromMetadata(found?.metadata);
    if (!mark) figures.lost += 1;
    else if (mark.pictureEtag !== bareEtag(etag)) figures.stale += 1;
    else if (mark.status === 'failed') {
      figures.failed += 1;
      figures.codes[mark.code ?? ''] = (figures.codes[mark.code ?? ''] ?? 0) + 1;
    } else figures.current += 1;
  }
  return figures;
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
