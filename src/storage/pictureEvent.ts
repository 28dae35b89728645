import * as v from 'valibot';

const CREATED = 'Microsoft.Storage.BlobCreated';
/** Into its place, as SFTP clients and accounts with a hierarchical namespace do at the end of an upload. */
const RENAMED = 'Microsoft.Storage.BlobRenamed';
/** The empty blob at the beginning of such an upload; another event comes at its end. */
const BEGINNING: ReadonlySet<string> = new Set(['CreateFile', 'SftpCreate']);

/**
 * An event in either schema Event Grid delivers in, as far as it is read here:
 * https://learn.microsoft.com/azure/event-grid/event-schema and https://learn.microsoft.com/azure/event-grid/cloud-event-schema
 */
const eventSchema = v.union(
  [
    v.pipe(
      v.object({ eventType: v.string(), data: v.unknown() }),
      v.transform(({ eventType, data }) => ({ type: eventType, data })),
    ),
    v.object({ specversion: v.literal('1.0'), type: v.string(), data: v.unknown() }),
  ],
  'it is neither an Event Grid event nor a CloudEvent 1.0',
);

/** https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage */
const url = v.pipe(v.string(), v.url());
const createdSchema = v.object({ url, api: v.optional(v.string()) });
const renamedSchema = v.pipe(
  v.object({ destinationUrl: url }),
  v.transform(({ destinationUrl }) => ({ url: destinationUrl, api: undefined })),
);
const NO_URL = { kind: 'unreadable', why: 'its data has no url of a blob' } as const;

/** What an event is about: a picture of this container, something else (and why), or nothing that can be read. */
export type PictureEvent =
  | { kind: 'picture'; name: string }
  | { kind: 'other'; why: string }
  | { kind: 'unreadable'; why: string };

/**
 * The picture of an event: one that was written, or moved into its place. Its name is taken from the url, where it stands encoded: in the subject a name with an emoji
 * arrives damaged (https://github.com/Azure-Samples/azure-event-grid-viewer/issues/9). Never throws.
 */
export async function readPictureEvent(message: unknown, container: string): Promise<PictureEvent> {
  const event = v.safeParse(eventSchema, message);
  if (!event.success) return { kind: 'unreadable', why: event.issues[0].message };
  const { type } = event.output;
  if (type !== CREATED && type !== RENAMED) return { kind: 'other', why: `it tells of ${type}` };
  const data = v.safeParse(type === CREATED ? createdSchema : renamedSchema, event.output.data);
  if (!data.success) return NO_URL;
  const { api = '' } = data.output;
  if (BEGINNING.has(api)) return { kind: 'other', why: `an upload has only begun (${api})` };
  const { BlobClient } = await import('@azure/storage-blob');
  try {
    const { containerName, name } = new BlobClient(data.output.url);
    if (!name || !named(data.output.url, name)) return NO_URL;
    if (containerName === container) return { kind: 'picture', name };
    return { kind: 'other', why: `it is of the container ${containerName}` };
  } catch {
    return NO_URL; // not the address of anything in storage, or wrongly encoded
  }
}

/** Of an address that ends with its container the library makes a blob called `undefined`. */
const named = (url: string, name: string): boolean =>
  decodeURIComponent(new URL(url).pathname).replaceAll('\\', '/').endsWith(`/${name}`);
