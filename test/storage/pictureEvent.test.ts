import { BlobServiceClient } from '@azure/storage-blob';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPictureEvent } from '../../src/storage/pictureEvent.ts';
import { anyUrl } from '../support/anyText.ts';
import { cloudEvent, gridEvent } from '../support/storageEvents.ts';

const account = new BlobServiceClient('https://orchard.blob.core.windows.net');
/** The address of a blob as storage writes it. */
const urlOf = (name: string, container = 'images') =>
  account.getContainerClient(container).getBlobClient(name).url;
const NAMES = [
  '12345',
  'a b#%.jpg',
  'a%20b.jpg',
  '🍐.jpg',
  'orchard/2026/früchte/tree 7.jpg',
  'images/images.jpg',
  "it's+(1)&[2]=?.jpg",
];

describe.each([
  ['the Event Grid schema', gridEvent],
  ['the CloudEvents schema', cloudEvent],
])('an event in %s', (_, event) => {
  it.each(NAMES)('tells the picture %s to the letter', async (name) => {
    expect(await readPictureEvent(event(urlOf(name)), 'images')).toEqual({ kind: 'picture', name });
  });

  it('of any name tells that name', async () => {
    const names = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((name) => !/[\\/]|^\.|\.$|[\uFFFE\uFFFF]|\p{Cc}|\p{Cs}/u.test(name)); // what storage refuses, or a path would change
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        expect(await readPictureEvent(event(urlOf(name)), 'images')).toEqual({ kind: 'picture', name });
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['the emulator', 'http://127.0.0.1:10000/devstoreaccount1/images/tree%207.jpg'],
    ['a hierarchical namespace', 'https://orchard.dfs.core.windows.net/images/tree%207.jpg'],
    ['a sovereign cloud', 'https://orchard.blob.core.usgovcloudapi.net/images/tree%207.jpg'],
    ['an account’s own domain', 'https://pictures.example/images/tree%207.jpg'],
  ])('of %s is read as well', async (_title, url) => {
    expect(await readPictureEvent(event(url), 'images')).toEqual({ kind: 'picture', name: 'tree 7.jpg' });
  });

  it('of a sibling container is passed over', async () => {
    const found = await readPictureEvent(event(urlOf('a.jpg', 'images-out')), 'images');
    expect(found).toEqual({ kind: 'other', why: 'it is of the container images-out' });
  });

  it.each([['no address'], [''], ['https://orchard.blob.core.windows.net/images/50%.jpg']])(
    'with the url "%s" is unreadable',
    async (url) => {
      expect(await readPictureEvent(event(url), 'images')).toMatchObject({ kind: 'unreadable' });
    },
  );

  it.each([
    'https://orchard.blob.core.windows.net/images',
    'https://orchard.blob.core.windows.net/images/',
    'http://127.0.0.1:10000/devstoreaccount1/images',
  ])('of the container itself, %s, is unreadable', async (url) => {
    expect(await readPictureEvent(event(url), 'images')).toMatchObject({ kind: 'unreadable' });
  });
});

describe.each([
  ['the Event Grid schema', gridEvent, 'eventType'],
  ['the CloudEvents schema', cloudEvent, 'type'],
] as const)('in %s', (_, event, type) => {
  const from = 'https://orchard.dfs.core.windows.net/images/.upload-1.tmp';
  /** https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage#microsoftstorageblobrenamed-event */
  const renamed = (destinationUrl: unknown, api = 'RenameFile') => ({
    ...event(from),
    [type]: 'Microsoft.Storage.BlobRenamed',
    data: { api, destinationUrl, sourceUrl: from, sequencer: '00000000000004420000000000028963' },
  });

  it.each(['RenameFile', 'SftpRename'])(
    'a picture that %s moved into its place is read like a new one',
    async (api) => {
      const to = 'https://orchard.dfs.core.windows.net/images/trees/tree%207.jpg';
      expect(await readPictureEvent(renamed(to, api), 'images')).toEqual({
        kind: 'picture',
        name: 'trees/tree 7.jpg',
      });
    },
  );

  it('a picture that was moved out of the container is passed over, and a rename without a goal unreadable', async () => {
    expect(await readPictureEvent(renamed(urlOf('a.jpg', 'done')), 'images')).toMatchObject({
      kind: 'other',
    });
    expect(await readPictureEvent(renamed(undefined), 'images')).toMatchObject({ kind: 'unreadable' });
  });

  it.each(['CreateFile', 'SftpCreate'])('an upload that has only begun is passed over (%s)', async (api) => {
    const begun = event(urlOf('a.jpg'));
    const found = await readPictureEvent(
      { ...begun, data: { ...begun.data, api, contentLength: 0 } },
      'images',
    );
    expect(found).toEqual({ kind: 'other', why: `an upload has only begun (${api})` });
    const done = { ...begun, data: { ...begun.data, api: api.replace(/Create.*/u, 'Commit') } };
    expect(await readPictureEvent(done, 'images')).toEqual({ kind: 'picture', name: 'a.jpg' });
  });
});

describe('an event', () => {
  it.each([
    gridEvent(urlOf('a.jpg'), { eventType: 'Microsoft.Storage.BlobDeleted' }),
    cloudEvent(urlOf('a.jpg'), { type: 'Microsoft.Storage.BlobDeleted' }),
  ])('of something else than a written blob is passed over', async (event) => {
    const found = await readPictureEvent(event, 'images');
    expect(found).toEqual({ kind: 'other', why: 'it tells of Microsoft.Storage.BlobDeleted' });
  });

  it.each([
    ['text', 'not JSON', 'it is neither an Event Grid event nor a CloudEvent 1.0'],
    ['a list', [gridEvent(urlOf('a.jpg'))], 'it is neither an Event Grid event nor a CloudEvent 1.0'],
    ['nothing', null, 'it is neither an Event Grid event nor a CloudEvent 1.0'],
    ['of a later version', cloudEvent(urlOf('a.jpg'), { specversion: '2.0' }), 'CloudEvent 1.0'],
    ['without data', gridEvent(urlOf('a.jpg'), { data: null }), 'its data has no url of a blob'],
    ['without a url', gridEvent(urlOf('a.jpg'), { data: { url: 7 } }), 'its data has no url of a blob'],
  ])('that is %s is unreadable, and why is told', async (_, message, why) => {
    const found = await readPictureEvent(message, 'images');
    expect(found).toEqual({ kind: 'unreadable', why: expect.stringContaining(why) });
  });

  it('of any shape is read without a throw', async () => {
    const shapes = fc.oneof(
      fc.anything(),
      fc.record({
        eventType: fc.constantFrom('Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobRenamed'),
        data: fc.anything(),
      }),
      fc.oneof(anyUrl, fc.string()).map((url) => gridEvent(url)),
    );
    await fc.assert(
      fc.asyncProperty(shapes, async (message) => {
        expect(['picture', 'other', 'unreadable']).toContain(
          (await readPictureEvent(message, 'images')).kind,
        );
      }),
      { numRuns: 500 },
    );
  });
});
