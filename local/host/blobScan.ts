import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import type { QueueClient } from '@azure/storage-queue';
import { messageOf, statusOf } from '../thrown.ts';
import { pause } from '../waiting.ts';
import { type BlobTrigger, encodeBlobMessage, quoteEtag } from './blobTrigger.ts';
import type { Listener } from './queueListener.ts';
import { announceOnce } from './receipts.ts';

export type BlobScanOptions = {
  trigger: BlobTrigger;
  hostId: string;
  receipts: ContainerClient;
  queue: QueueClient;
  pollIntervalMs: number;
  warn(message: string): void;
};

const AT_ONCE = 16;

/** A large container is scanned less often, so that scanning takes little of the time, and not seldomer than this. */
const SHARE_OF_TIME = 0.1;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Lists the container again and again and announces each blob whose ETag is new. A container not there yet is waited for.
 * What this host has seen announced is remembered, so a receipt deleted by hand counts after a restart.
 */
export function scanContainer(options: BlobScanOptions): Listener {
  const { trigger, hostId, receipts, queue, warn } = options;
  const { container, match } = trigger.path;
  const draining = new AbortController();
  const { signal } = draining;
  let seen = new Map<string, string>();

  async function scanForEver(): Promise<void> {
    while (!signal.aborted) {
      const started = performance.now();
      try {
        await scan();
      } catch (error) {
        const missing = statusOf(error) === 404;
        if (!missing && !signal.aborted) warn(`Cannot scan container "${container}": ${messageOf(error)}`);
      }
      const rest = Math.min((performance.now() - started) / SHARE_OF_TIME, LONGEST_PAUSE_MS);
      await pause(Math.max(options.pollIntervalMs, rest), signal);
    }
  }

  async function scan(): Promise<void> {
    const found = new Map<string, string>();
    const client = trigger.storage.blobs.getContainerClient(container);
    for await (const page of client.listBlobsFlat({ abortSignal: signal }).byPage()) {
      const fresh: BlobItem[] = [];
      for (const blob of page.segment.blobItems) {
        if (!match(blob.name)) continue;
        if (seen.get(blob.name) === blob.properties.etag) found.set(blob.name, blob.properties.etag);
        else fresh.push(blob);
      }
      for (let at = 0; at < fresh.length; at += AT_ONCE) {
        if (signal.aborted) return;
        await Promise.all(
          fresh.slice(at, at + AT_ONCE).map(async (blob) => {
            if (await announced(blob)) found.set(blob.name, blob.properties.etag);
          }),
        );
      }
    }
    seen = found; // what was deleted is forgotten
  }

  async function announced(blob: BlobItem): Promise<boolean> {
    const etag = quoteEtag(blob.properties.etag);
    const receipt = `blobreceipts/${hostId}/${trigger.functionId}/${etag}/${container}/${blob.name}`;
    const message = encodeBlobMessage({
      FunctionId: trigger.functionId,
      BlobType: blob.properties.blobType ?? 'BlockBlob',
      ContainerName: container,
      BlobName: blob.name,
      ETag: etag,
    });
    try {
      return await announceOnce(receipts, receipt, async () => {
        await queue.sendMessage(message);
      });
    } catch (error) {
      warn(
        `Cannot announce blob "${container}/${blob.name}", tried again at the next scan: ${messageOf(error)}`,
      );
      return false;
    }
  }

  const scanning = scanForEver();
  return {
    async drain() {
      draining.abort();
      await scanning;
    },
  };
}
