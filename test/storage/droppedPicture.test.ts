import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDroppedPicture } from '../../src/storage/droppedPicture.ts';
import { startTestStorage, type TestStorage } from '../support/azurite.ts';

let storage: TestStorage;
beforeAll(async () => {
  storage = await startTestStorage();
});
afterAll(() => storage?.close());

const etagOf = async (name: string) => (await storage.images.getBlobClient(name).getProperties()).etag;

describe('a dropped picture', () => {
  it('is what the host handed over when the content’s MD5 says so', async () => {
    const handed = Buffer.from('pixels');
    await storage.drop('same.jpg', handed);
    const picture = await readDroppedPicture(storage.images, 'same.jpg', handed);
    expect(picture).toEqual({ bytes: handed, etag: await etagOf('same.jpg') });
    expect(picture?.bytes).toBe(handed);
  });

  it('is read anew, with its own ETag, when it was overwritten since', async () => {
    await storage.drop('newer.jpg', 'new pixels');
    expect(await readDroppedPicture(storage.images, 'newer.jpg', Buffer.from('old pixels'))).toEqual({
      bytes: Buffer.from('new pixels'),
      etag: await etagOf('newer.jpg'),
    });
  });

  it('is read anew when it has no MD5, as after an upload in blocks', async () => {
    const blob = storage.images.getBlockBlobClient('blocks.jpg');
    const id = Buffer.from('block-1').toString('base64');
    await blob.stageBlock(id, Buffer.from('pixels'), 6);
    await blob.commitBlockList([id]);
    expect((await blob.getProperties()).contentMD5).toBeUndefined();
    const handed = Buffer.from('pixels');
    const picture = await readDroppedPicture(storage.images, 'blocks.jpg', handed);
    expect(picture).toEqual({ bytes: handed, etag: await etagOf('blocks.jpg') });
    expect(picture?.bytes).not.toBe(handed);
  });

  it('may be empty', async () => {
    await storage.drop('empty.jpg', '');
    for (const handed of [Buffer.alloc(0), Buffer.from('old')]) {
      expect(await readDroppedPicture(storage.images, 'empty.jpg', handed)).toMatchObject({
        bytes: Buffer.alloc(0),
      });
    }
  });

  it('is undefined when it is gone, or its container is', async () => {
    expect(await readDroppedPicture(storage.images, 'gone.jpg', Buffer.from('x'))).toBeUndefined();
    expect(await readDroppedPicture(storage.predictions, 'gone.jpg', Buffer.from('x'))).toBeUndefined();
  });

  it('pairs bytes with their own ETag while somebody overwrites it again and again', async () => {
    await storage.drop('busy.jpg', 'version 0');
    const etags = new Map([[await etagOf('busy.jpg'), 'version 0']]);
    const writing = (async () => {
      for (let version = 1; version <= 25; version += 1) {
        const content = `version ${version}`;
        const { etag } = await storage.images.getBlockBlobClient('busy.jpg').upload(content, content.length);
        etags.set(etag, content);
      }
    })();
    const reading = Array.from({ length: 12 }, () =>
      readDroppedPicture(storage.images, 'busy.jpg', Buffer.from('older')),
    );
    const outcomes = await Promise.allSettled(reading);
    await writing;
    const read = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' && outcome.value ? [outcome.value] : [],
    );
    expect(read.length).toBeGreaterThan(0);
    for (const { etag, bytes } of read) expect(etags.get(etag)).toBe(bytes.toString());
  });
});
