import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { pause } from '../waiting.ts';

export type HeldMessage = {
  /** Stops renewing. Gives the pop receipt now valid, which changes with every renewal. */
  release(): Promise<string>;
};

/** Keeps a received message invisible to others for as long as it is worked on, by renewing at half its time. */
export function holdMessage(
  queue: QueueClient,
  message: DequeuedMessageItem,
  visibilitySeconds: number,
): HeldMessage {
  let popReceipt = message.popReceipt;
  const releasing = new AbortController();

  async function renew(): Promise<void> {
    for (;;) {
      await pause(visibilitySeconds * 500, releasing.signal);
      if (releasing.signal.aborted) return;
      const renewed = await queue.updateMessage(
        message.messageId,
        popReceipt,
        message.messageText,
        visibilitySeconds,
      );
      popReceipt = renewed.popReceipt ?? popReceipt;
    }
  }
  // A renewal that fails shows when the message is deleted: by then somebody else may have it.
  const renewing = renew().catch(() => undefined);

  return {
    async release() {
      releasing.abort();
      await renewing;
      return popReceipt;
    },
  };
}
