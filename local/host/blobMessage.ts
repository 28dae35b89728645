import * as v from 'valibot';

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
