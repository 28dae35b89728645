import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeylessError } from '../../src/errors/errors.ts';
import { refuseTooLarge } from '../../src/pictures/limits.ts';
import { type DroppedPicture, lookAtPicture, readPicture } from '../../src/storage/droppedPicture.ts';
import { startTestStorage, type TestStorage } from '../support/azurite.ts';
import { rejection } from '../support/secrets.ts';

let storage: TestStorage;
beforeAll(async () => {
  storage = await startTestStorage();
});
afterAll(() => storage?.close());

/** As it is when nobody writes meanwhile. */
async function look(name: string): Promise<DroppedPicture> {
  const picture = await lookAtPicture(storage.images, name);
  if (typeof picture === 'string') throw new Error(`${name} is ${picture}.`);
  return picture;
}
const read = async (name: string, handed?: Buffer) => readPicture(storage.images, await look(name), handed);
const etagOf = async (name: string) => (await storage.images.getBlobClient(name).getProperties()).etag;

describe('a dropped picture', () => {
  it('is what the host handed over when the content’s MD5 says so', async () => {
    const handed = Buffer.from('pixels');
    await storage.drop('same.jpg', handed);
    expect(await read('same.jpg', handed)).toBe(handed);
    expect((await look('same.jpg')).etag).toBe(await etagOf('same.jpg'));
  });

  it('is read anew when it was overwritten since', async () => {
    await storage.drop('newer.jpg', 'new pixels');
    expect(await read('newer.jpg', Buffer.from('old pixels'))).toEqual(Buffer.from('new pixels'));
  });

  it('is read anew when it has no MD5, as after an upload in blocks', async () => {
    const blob = storage.images.getBlockBlobClient('blocks.jpg');
    const id = Buffer.from('block-1').toString('base64');
    await blob.stageBlock(id, Buffer.from('pixels'), 6);
    await blob.commitBlockList([id]);
    expect((await blob.getProperties()).contentMD5).toBeUndefined();
    const handed = Buffer.from('pixels');
    const bytes = await read('blocks.jpg', handed);
    expect(bytes).toEqual(handed);
    expect(bytes).not.toBe(handed);
  });

  it('that is empty is told in the words of who drops pictures, not of who posts them', async () => {
    await storage.drop('empty.jpg', '');
    for (const handed of [Buffer.alloc(0), Buffer.from('old'), undefined]) {
      const error = await rejection(read('empty.jpg', handed));
      expect(error).toMatchObject({
        code: 'ImageMissing',
        fix: expect.stringMatching(/^Upload the picture/u),
      });
      expect((error as KeylessError).fix).not.toMatch(/curl|body|Content-Length/u);
    }
  });

  it('is gone when it, or its container, is not there, also after it was looked at', async () => {
    expect(await lookAtPicture(storage.images, 'gone.jpg')).toBe('gone');
    expect(await lookAtPicture(storage.predictions, 'gone.jpg')).toBe('gone');
    await storage.drop('going.jpg', 'first');
    const seen = await look('going.jpg');
    await storage.drop('going.jpg', 'second');
    expect(await readPicture(storage.images, seen)).toBe('changed');
    await storage.images.deleteBlob('going.jpg');
    // to a condition on what is not there, storage may answer either
    expect(['changed', 'gone']).toContain(await readPicture(storage.images, seen));
  });

  it('is refused before it is read where it is too large', async () => {
    await storage.images.getPageBlobClient('huge.bmp').create(3 * 1024 ** 3);
    const huge = await look('huge.bmp');
    expect(() => refuseTooLarge(huge.length)).toThrow(/at most 33,554,432 bytes, got 3,221,225,472/u);
  });

  it.each([
    ['folder/', {}],
    ['folder', { hdi_isfolder: 'true' }],
    ['Folder', { Hdi_IsFolder: 'True' }],
  ])('is none where %s with %o only marks a folder', async (name, metadata) => {
    await storage.images.getBlockBlobClient(name).upload('', 0, { metadata });
    expect(await lookAtPicture(storage.images, name)).toBe('no picture');
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
    const reading = Array.from({ length: 12 }, async () => {
      const { etag, ...seen } = await look('busy.jpg');
      return { etag, bytes: await readPicture(storage.images, { etag, ...seen }, Buffer.from('older')) };
    });
    await writing;
    const { etag } = await look('busy.jpg');
    reading.push(read('busy.jpg', Buffer.from('older')).then((bytes) => ({ etag, bytes })));
    const outcomes = await Promise.allSettled(reading);
    const pairs = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' && outcome.value.bytes !== 'changed' ? [outcome.value] : [],
    );
    expect(pairs.length).toBeGreaterThan(0);
    for (const { etag, bytes } of pairs) expect(etags.get(etag)).toBe(bytes.toString());
  });
});
