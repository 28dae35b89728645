import * as v from 'valibot';
import { readInTurns } from '../../src/pictures/turns.ts';
import { messageOf, statusOf } from '../thrown.ts';
import { createBlobMetadata } from './blobMetadata.ts';
import { type BlobPath, parseBlobPath } from './blobPath.ts';
import type { Invoke } from './invoke.ts';
import { resolveSettings, type Settings } from './options.ts';
import type { OpenStorage, StorageConnection } from './storageConnections.ts';
import { type TriggeredFunction, textOption } from './triggers.ts';

const BlobMessage = v.object({
  Type: v.literal('BlobTrigger'),
  FunctionId: v.string(),
  BlobType: v.string(),
  ContainerName: v.string(),
  BlobName: v.string(),
  ETag: v.string(),
});

/** What the blob trigger puts into its queue, and in the end into the poison queue; members in this order. */
export type BlobMessage = v.InferOutput<typeof BlobMessage>;

/** Base64 of the JSON, as the storage extension writes its messages. */
export function encodeBlobMessage(message: Omit<BlobMessage, 'Type'>): string {
  const { FunctionId, BlobType, ContainerName, BlobName, ETag } = message;
  const ordered: BlobMessage = { Type: 'BlobTrigger', FunctionId, BlobType, ContainerName, BlobName, ETag };
  return Buffer.from(JSON.stringify(ordered)).toString('base64');
}

/** @throws when the text is no such message */
export function decodeBlobMessage(text: string): BlobMessage {
  return v.parse(BlobMessage, JSON.parse(Buffer.from(text, 'base64').toString()));
}

/** With its quotes, as the service's header has it; listings leave them out. */
export function quoteEtag(etag: string | undefined): string {
  return `"${(etag ?? '').replaceAll('"', '')}"`;
}

export type BlobTrigger = TriggeredFunction & {
  path: BlobPath;
  source: 'LogsAndContainerScan' | 'EventGrid';
  storage: StorageConnection;
};

/** @throws when the path, the source or the connection is wrong */
export function readBlobTrigger(
  of: TriggeredFunction,
  settings: Settings,
  openStorage: OpenStorage,
): BlobTrigger {
  const where = `Function ${of.functionName}`;
  const source = String(of.binding.source ?? 'LogsAndContainerScan');
  if (source !== 'LogsAndContainerScan' && source !== 'EventGrid')
    throw new Error(
      `${where}: unknown blob trigger source "${source}"; use LogsAndContainerScan or EventGrid.`,
    );
  const connection = resolveSettings(textOption(of, 'connection'), settings, where);
  const storage = openStorage(connection, `function ${of.functionName}`);
  const path = resolveSettings(textOption(of, 'path'), settings, where);
  try {
    return { ...of, source, storage, path: parseBlobPath(path) };
  } catch (cause) {
    throw new Error(`${where}: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Runs the function for one message. A blob that is gone counts as done; so does one that changed since it was announced
 * by a scan, because it is announced anew. An Event Grid event may well be older than the content.
 * @throws what makes the message be tried again
 */
export async function runBlobMessage(
  trigger: BlobTrigger,
  { ContainerName, BlobName, ETag }: BlobMessage,
  invoke: Invoke,
): Promise<void> {
  const client = trigger.storage.blobs.getContainerClient(ContainerName).getBlobClient(BlobName);
  const properties = await client.getProperties().catch((error: unknown) => {
    if (statusOf(error) === 404) return undefined;
    throw error;
  });
  if (!properties) return;
  if (trigger.source === 'LogsAndContainerScan' && quoteEtag(properties.etag) !== ETag) return;
  const { contentLength = 0, readableStreamBody } = await client.download();
  const bytes = await readInTurns(readableStreamBody as AsyncIterable<Buffer>, contentLength);
  const metadata = createBlobMetadata({
    functionName: trigger.functionName,
    container: ContainerName,
    name: BlobName,
    url: client.url,
    properties,
    params: trigger.path.match(BlobName) ?? {},
  });
  const reason = `New blob detected: ${ContainerName}/${BlobName}`;
  await invoke(trigger.target, { name: trigger.bindingName, data: { bytes }, metadata, reason });
}
