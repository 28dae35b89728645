import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentName } from '../../src/storage/documentName.ts';
import { toMetadata } from '../../src/storage/mark.ts';
import { readDocument } from '../../src/storage/read.ts';
import { startTestStorage, type TestStorage } from '../support/azurite.ts';

let storage: TestStorage;
beforeAll(async () => {
  storage = await startTestStorage();
});
afterAll(() => storage?.close());

async function write(name: string, text = `{"name":${JSON.stringify(name)}}`): Promise<string> {
  await storage.predictions.createIfNotExists();
  const { etag = '' } = await storage.predictions
    .getBlockBlobClient(`${name}.json`)
    .upload(text, text.length);
  return etag;
}

describe('reading the document of a picture', () => {
  it('finds nothing before the first document is written, not even the container', async () => {
    expect(await readDocument(storage, 'a.jpg')).toEqual({ kind: 'none' });
  });

  it('tells a picture without a document from a name that nobody knows', async () => {
    await storage.drop('new/a b.jpg', 'picture');
    expect(await readDocument(storage, 'new/a b.jpg')).toEqual({ kind: 'pending' });
    expect(await readDocument(storage, 'new/b.jpg')).toEqual({ kind: 'none' });
  });

  it('gives the document as it lies there, with its own ETag', async () => {
    const etag = await write('orchard/tree.jpg', '{ "as": "written" }');
    expect(await readDocument(storage, 'orchard/tree.jpg')).toEqual({
      kind: 'document',
      name: 'orchard/tree.jpg',
      etag: `"${etag.replaceAll('"', '')}"`,
      text: '{ "as": "written" }',
      picture: undefined,
    });
  });

  it('waits for the document of a picture’s present content, and keeps that of a deleted one', async () => {
    const drop = async (content: string) => {
      await storage.drop('overwritten.jpg', content);
      const { etag = '' } = await storage.images.getBlobClient('overwritten.jpg').getProperties();
      return etag;
    };
    const mark = toMetadata({ pictureEtag: await drop('today'), models: 'm', status: 'succeeded' });
    const blob = storage.predictions.getBlockBlobClient('overwritten.jpg.json');
    await blob.upload('{}', 2, { metadata: mark });
    const read = async () => readDocument(storage, 'overwritten.jpg');
    expect(await read()).toMatchObject({ kind: 'document', picture: { name: 'overwritten.jpg' } });
    await drop('tomorrow');
    expect(await read()).toEqual({ kind: 'pending' });
    await storage.images.deleteBlob('overwritten.jpg');
    expect(await read()).toMatchObject({ kind: 'document', text: '{}', picture: undefined });
  });

  it('reads nothing into memory that is too large to be a document', async () => {
    const size = 64 * 1024 ** 2;
    await storage.predictions.getPageBlobClient('huge.jpg.json').create(size);
    await storage.drop('huge.jpg', 'picture');
    const before = process.memoryUsage().arrayBuffers;
    expect(await readDocument(storage, 'huge.jpg')).toEqual({ kind: 'foreign', name: 'huge.jpg' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(size / 4);
  });

  it('knows no picture of a name that storage refuses', async () => {
    const refusal = Object.assign(new Error('Out of range.'), { statusCode: 400, code: 'OutOfRangeInput' });
    const refuse = () => Promise.reject(refusal);
    const container = { getBlobClient: () => ({ download: refuse, getProperties: refuse }) };
    const refusing = { images: container, predictions: container } as unknown as TestStorage;
    expect(await readDocument(refusing, 'a'.repeat(1_000))).toEqual({ kind: 'none' });
  });

  it.each(['12345', 'a b.jpg', 'ä/🍎#1?.jpg', '100%.jpg', 'a+b&c=d.jpg', 'q"uote.jpg', '<b>.jpg'])(
    'finds the name %s',
    async (name) => {
      await write(name);
      expect(await readDocument(storage, name)).toMatchObject({ kind: 'document', name });
    },
  );

  it('reads a name as it is: an escape in it is part of it', async () => {
    await write('one/two.jpg');
    expect(await readDocument(storage, 'one%2ftwo.jpg')).toEqual({ kind: 'none' });
    await write('one%2ftwo.jpg');
    expect(await readDocument(storage, 'one%2ftwo.jpg')).toMatchObject({ name: 'one%2ftwo.jpg' });
  });

  it('takes a backslash for a slash, as storage does, in names that are cut too', async () => {
    const name = `back/${'slash'.repeat(203)}`;
    const blob = storage.predictions.getBlockBlobClient(documentName(name));
    await blob.upload('{}', 2);
    expect(await readDocument(storage, name.replace('/', '\\'))).toMatchObject({ kind: 'document', name });
  });

  it.each(['', '.', '..', '../predictions/a.jpg', 'a/../../b', `${'x'.repeat(1025)}`, 'a\u0000b', '\ud800'])(
    'knows no picture called %j, and asks nobody',
    async (name) => {
      const deaf = { images: {}, predictions: {} } as unknown as TestStorage;
      expect(await readDocument(deaf, name)).toEqual({ kind: 'none' });
    },
  );
});
