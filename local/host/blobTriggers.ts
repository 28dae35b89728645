import type { QueueClient } from '@azure/storage-queue';
import { scanContainer } from './blobScan.ts';
import { type BlobTrigger, decodeBlobMessage, runBlobMessage } from './blobTrigger.ts';
import type { HostJson } from './hostJson.ts';
import type { Invoke } from './invoke.ts';
import { type Listener, listenToQueue } from './queueListener.ts';
import type { StorageConnection } from './storageConnections.ts';

export const POISON_QUEUE = 'webjobs-blobtrigger-poison';

export type BlobTriggersOptions = {
  triggers: readonly BlobTrigger[];
  hostId: string;
  /** The host's own account, `AzureWebJobsStorage`. */
  hostStorage: StorageConnection;
  limits: HostJson['blobs'];
  pollIntervalMs: number;
  visibilitySeconds: number;
  invoke: Invoke;
  warn(message: string): void;
};

export type BlobTriggers = Listener & {
  /** The queue both sources go through. */
  queue: QueueClient;
};

/**
 * Starts the scans and the one queue behind them all. Attempts, the queue and its poison queue are those of
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#poison-blobs
 */
export async function startBlobTriggers(options: BlobTriggersOptions): Promise<BlobTriggers> {
  const { triggers, hostId, hostStorage, limits, invoke, warn, pollIntervalMs, visibilitySeconds } = options;
  const receipts = hostStorage.blobs.getContainerClient('azure-webjobs-hosts');
  const queue = hostStorage.queues.getQueueClient(`azure-webjobs-blobtrigger-${hostId}`);
  await Promise.all([receipts.createIfNotExists(), queue.createIfNotExists()]);
  const byId = new Map(triggers.map((trigger) => [trigger.functionId, trigger]));

  const pump = listenToQueue({
    queue,
    parallelism: limits.parallelism,
    batchSize: limits.parallelism,
    attempts: limits.attempts,
    retryAfterSeconds: 0,
    visibilitySeconds,
    pollIntervalMs,
    warn,
    async run({ messageText }) {
      const message = decodeBlobMessage(messageText);
      const trigger = byId.get(message.FunctionId);
      // A function that is no longer there: the real host drops its messages too.
      if (trigger) await runBlobMessage(trigger, message, invoke);
    },
    poisonQueue: ({ messageText }) => {
      const storage = triggerOf(byId, messageText)?.storage ?? hostStorage;
      return storage.queues.getQueueClient(POISON_QUEUE);
    },
  });
  const scans = triggers
    .filter((trigger) => trigger.source === 'LogsAndContainerScan')
    .map((trigger) => scanContainer({ trigger, hostId, receipts, queue, pollIntervalMs, warn }));

  return {
    queue,
    async drain() {
      await Promise.all([...scans, pump].map((listener) => listener.drain()));
    },
  };
}

function triggerOf(byId: ReadonlyMap<string, BlobTrigger>, messageText: string): BlobTrigger | undefined {
  try {
    return byId.get(decodeBlobMessage(messageText).FunctionId);
  } catch {
    return undefined; // a message of somebody else's making
  }
}
