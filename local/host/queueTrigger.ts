import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { RpcTypedData } from './contract.ts';
import type { HostJson } from './hostJson.ts';
import type { Invoke } from './invoke.ts';
import { resolveSettings, type Settings } from './options.ts';
import { type Listener, listenToQueue } from './queueListener.ts';
import type { OpenStorage, StorageConnection } from './storageConnections.ts';
import { type TriggeredFunction, textOption } from './triggers.ts';

export type QueueTrigger = TriggeredFunction & { queue: QueueClient; storage: StorageConnection };

/** @throws when the queue's name or the connection is wrong */
export function readQueueTrigger(
  of: TriggeredFunction,
  settings: Settings,
  openStorage: OpenStorage,
): QueueTrigger {
  const where = `Function ${of.functionName}`;
  const queueName = resolveSettings(textOption(of, 'queueName'), settings, where);
  if (!/^[a-z0-9](?:-?[a-z0-9]){2,62}$/.test(queueName))
    throw new Error(
      `${where}: "${queueName}" is no queue name (3 to 63 lower-case letters, digits and single hyphens).`,
    );
  const connection = resolveSettings(textOption(of, 'connection'), settings, where);
  const storage = openStorage(connection, `function ${of.functionName}`);
  return { ...of, storage, queue: storage.queues.getQueueClient(queueName) };
}

export type QueueTriggerOptions = {
  trigger: QueueTrigger;
  limits: HostJson['queues'];
  pollIntervalMs: number;
  visibilitySeconds: number;
  invoke: Invoke;
  warn(message: string): void;
};

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger */
export function startQueueTrigger(options: QueueTriggerOptions): Listener {
  const { trigger, limits, invoke, ...rest } = options;
  return listenToQueue({
    ...rest,
    ...limits,
    queue: trigger.queue,
    poisonQueue: () => trigger.storage.queues.getQueueClient(`${trigger.queue.name}-poison`),
    async run(message) {
      const bytes = limits.base64 ? decodeBase64(message.messageText) : Buffer.from(message.messageText);
      await invoke(trigger.target, {
        name: trigger.bindingName,
        data: queueData(trigger, bytes),
        metadata: createMetadata(message, bytes.toString()),
        reason: `New queue message detected on '${trigger.queue.name}'`,
      });
    },
  });
}

/** @throws when the text is not base64, which the sender then ought to make it, or host.json to allow */
function decodeBase64(text: string): Buffer {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    throw new Error(
      'the message is not base64; send base64, or set extensions.queues.messageEncoding to "none" in host.json',
    );
  return Buffer.from(text, 'base64');
}

/** A message as the binding's `dataType` asks for it; text unless it says `binary`. */
export const queueData = ({ binding }: TriggeredFunction, bytes: Buffer): RpcTypedData =>
  binding.dataType === 'binary' ? { bytes } : { string: bytes.toString() };

function createMetadata(message: DequeuedMessageItem, text: string): Record<string, RpcTypedData> {
  const date = (value: Date | undefined): RpcTypedData => ({
    json: JSON.stringify(value?.toISOString().replace(/\.\d+Z$/, '+00:00')),
  });
  return {
    QueueTrigger: { string: text },
    DequeueCount: { json: String(message.dequeueCount) },
    Id: { string: message.messageId },
    InsertionTime: date(message.insertedOn),
    ExpirationTime: date(message.expiresOn),
    NextVisibleTime: date(message.nextVisibleOn),
    PopReceipt: { string: message.popReceipt },
  };
}
