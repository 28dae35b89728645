import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { messageOf, statusOf } from '../thrown.ts';
import { pause } from '../waiting.ts';
import { holdMessage } from './heldMessage.ts';

export type Listener = {
  /** Takes nothing new; resolves when what runs has ended and its outcome is in storage. */
  drain(): Promise<void>;
};

export type QueueListenerOptions = {
  queue: QueueClient;
  /** Messages at work at once. */
  parallelism: number;
  /** Messages asked for at once, 32 at most. */
  batchSize: number;
  /** How often a message is tried before it is given up. */
  attempts: number;
  visibilitySeconds: number;
  /** How long a failed message waits before the next attempt. */
  retryAfterSeconds: number;
  pollIntervalMs: number;
  /** Throws when the message is to be tried again. */
  run(message: DequeuedMessageItem): Promise<void>;
  /** Where a message goes that failed too often. */
  poisonQueue(message: DequeuedMessageItem): QueueClient;
  warn(message: string): void;
};

const MOST_PER_REQUEST = 32;

/** Receives messages and runs them, as the storage extension does; a queue not there yet is waited for. */
export function listenToQueue(options: QueueListenerOptions): Listener {
  const { queue, parallelism, batchSize, attempts, visibilitySeconds, warn } = options;
  const draining = new AbortController();
  const running = new Set<Promise<void>>();

  async function poll(): Promise<void> {
    while (!draining.signal.aborted) {
      const free = parallelism - running.size;
      if (free <= 0) {
        await Promise.race(running);
        continue;
      }
      const messages = await receive(Math.min(free, batchSize, MOST_PER_REQUEST));
      for (const message of messages) {
        const work: Promise<void> = handle(message)
          .catch((error: unknown) => warn(`${queue.name}: message ${message.messageId}: ${messageOf(error)}`))
          .finally(() => running.delete(work));
        running.add(work);
      }
      if (messages.length === 0) await pause(options.pollIntervalMs, draining.signal);
    }
  }

  /** Never aborted half way: what the service has handed out must be worked on, or it stays invisible for long. */
  async function receive(numberOfMessages: number): Promise<DequeuedMessageItem[]> {
    try {
      const answer = await queue.receiveMessages({ numberOfMessages, visibilityTimeout: visibilitySeconds });
      return answer.receivedMessageItems;
    } catch (error) {
      if (statusOf(error) !== 404) warn(`${queue.name}: cannot receive messages: ${messageOf(error)}`);
      return [];
    }
  }

  async function handle(message: DequeuedMessageItem): Promise<void> {
    const { messageId, dequeueCount } = message;
    const held = holdMessage(queue, message, visibilitySeconds);
    // More than allowed without a last failure: the process died in the middle of the last attempt.
    const succeeded = dequeueCount <= attempts && (await succeeds(message));
    const popReceipt = await held.release();
    if (!succeeded && dequeueCount < attempts) {
      await queue.updateMessage(messageId, popReceipt, message.messageText, options.retryAfterSeconds);
      return;
    }
    if (!succeeded) await moveToPoison(message);
    await queue.deleteMessage(messageId, popReceipt);
  }

  async function succeeds(message: DequeuedMessageItem): Promise<boolean> {
    try {
      await options.run(message);
      return true;
    } catch (error) {
      warn(`${queue.name}: attempt ${message.dequeueCount} of ${attempts} failed: ${messageOf(error)}`);
      return false;
    }
  }

  async function moveToPoison(message: DequeuedMessageItem): Promise<void> {
    const poisonQueue = options.poisonQueue(message);
    warn(
      `Message has reached MaxDequeueCount of ${attempts}. Moving message to queue '${poisonQueue.name}'.`,
    );
    await poisonQueue.createIfNotExists();
    await poisonQueue.sendMessage(message.messageText);
  }

  const polling = poll();
  return {
    async drain() {
      draining.abort();
      await polling;
      await Promise.all(running);
    },
  };
}
