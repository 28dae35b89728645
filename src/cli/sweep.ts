import PQueue from 'p-queue';
import { asKeylessError } from '../errors/errors.ts';
import { type Outcome, type ScoringParts, scorePicture } from '../scoring/scorePicture.ts';
import type { InventoryItem } from '../storage/inventory.ts';

export type SweepResult = {
  name: string;
  outcome: Outcome['kind'] | 'failed' | 'error';
  code?: string;
  detail?: string;
};
export type SweepOptions = { concurrency: number; failedAgain: boolean; signal: AbortSignal };

/** Scores pictures one after the other as they are listed, at most `concurrency` at a time; a signal ends it after those at work. */
export async function sweep(
  parts: ScoringParts,
  items: AsyncIterable<InventoryItem>,
  { concurrency, failedAgain, signal }: SweepOptions,
  report: (result: SweepResult) => void,
): Promise<void> {
  const queue = new PQueue({ concurrency });
  try {
    for await (const { name } of items) {
      if (signal.aborted) break;
      await queue.onSizeLessThan(concurrency);
      queue
        .add(async () => {
          if (!signal.aborted) report(await scoreOne(parts, name, failedAgain));
        })
        .catch((error: unknown) => report(resultOfError(name, error)));
    }
  } finally {
    await queue.onIdle(); // also where the listing broke off
  }
}

async function scoreOne(parts: ScoringParts, name: string, failedAgain: boolean): Promise<SweepResult> {
  try {
    const outcome = await scorePicture(parts, name, { failedAgain });
    if (outcome.kind !== 'written' || outcome.document.status === 'succeeded')
      return { name, outcome: outcome.kind };
    const { code = '', detail = '' } = outcome.document.error ?? {};
    return { name, outcome: 'failed', code, detail };
  } catch (error) {
    return resultOfError(name, error);
  }
}

function resultOfError(name: string, thrown: unknown): SweepResult {
  const { code, message } = asKeylessError(thrown);
  return { name, outcome: 'error', code, detail: message };
}
