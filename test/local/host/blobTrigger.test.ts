import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createClosing } from '../../../local/closing.ts';
import type { Host } from '../../../local/host/start.ts';
import { waitFor } from '../../../local/waiting.ts';
import { lendAzurite } from '../../support/lend.ts';
import { createApp, runApp, said, startTestHost } from './apps.ts';

type Told = {
  blobTrigger: string;
  name: unknown;
  uri: string;
  properties: Record<string, unknown>;
  metadata: Record<string, unknown>;
  isBuffer: boolean;
  text: string;
  process: number;
};

const closing = createClosing();
let settings: { ImageStorage: string; AzureWebJobsStorage: string };
let blobs: BlobServiceClient;
let queues: QueueServiceClient;
let images: ContainerClient;
let containerCount = 0;

beforeAll(async () => {
  const { connectionString } = closing.add(await lendAzurite());
  settings = { ImageStorage: connectionString, AzureWebJobsStorage: connectionString };
  blobs = BlobServiceClient.fromConnectionString(connectionString);
  queues = QueueServiceClient.fromConnectionString(connectionString);
});
afterAll(closing.close);
beforeEach(() => {
  containerCount += 1;
  images = blobs.getContainerClient(`images-${containerCount}`);
});

const run = (hostJson = {}) =>
  runApp({
    fixture: 'images.cjs',
    hostJson,
    settings: { ...settings, IMAGES_CONTAINER: images.containerName },
  });
const drop = (name: string, content: string, options = {}) =>
  images.getBlockBlobClient(name).upload(content, Buffer.byteLength(content), options);
const toldOf = (host: Host, name: string) =>
  said<Told>(host).filter(({ blobTrigger }) => blobTrigger === `${images.containerName}/${name}`);
const waitForBlob = (host: Host, name: string) =>
  waitFor(`blob ${name}`, async () => toldOf(host, name)[0], 15_000);
const idle = () => new Promise((resolve) => setTimeout(resolve, 400));

it('runs once for each blob, five times for one that always fails, and then poisons it', async () => {
  await images.create();
  const host = await run();
  const names = ['a.jpg', 'b.jpg', 'folder/c.jpg', 'd e+ü.jpg', 'e.jpg'];
  await Promise.all(names.map((name) => drop(name, `content of ${name}`)));
  const { etag } = await drop('bad.jpg', '');
  const poison = queues.getQueueClient('webjobs-blobtrigger-poison');
  const message = await waitFor(
    'the poison message',
    async () => (await poison.receiveMessages().catch(() => undefined))?.receivedMessageItems[0],
    15_000,
  );
  expect(Buffer.from(message.messageText, 'base64').toString()).toBe(
    `{"Type":"BlobTrigger","FunctionId":"Host.Functions.image","BlobType":"BlockBlob",` +
      `"ContainerName":"${images.containerName}","BlobName":"bad.jpg","ETag":${JSON.stringify(etag)}}`,
  );
  for (const name of names) await waitForBlob(host, name);
  await idle();
  expect(toldOf(host, 'bad.jpg')).toHaveLength(5);
  for (const name of names)
    expect(toldOf(host, name)).toMatchObject([{ name, isBuffer: true, text: `content of ${name}` }]);
  const receipts: string[] = [];
  for await (const { name } of blobs.getContainerClient('azure-webjobs-hosts').listBlobsFlat())
    receipts.push(name);
  expect(receipts).toContainEqual(
    expect.stringMatching(
      new RegExp(
        `^blobreceipts/local-[0-9a-f]{16}/Host\\.Functions\\.image/${etag}/${images.containerName}/bad\\.jpg$`,
      ),
    ),
  );
});

it('tries as often as poisonBlobThreshold says', async () => {
  await images.create();
  const host = await run({ extensions: { blobs: { poisonBlobThreshold: 2 } } });
  await drop('bad.jpg', '');
  await waitFor('the end', async () => host.logs.find(({ message }) => /MaxDequeueCount of 2/.test(message)));
  await idle();
  expect(toldOf(host, 'bad.jpg')).toHaveLength(2);
});

it('gives trigger metadata in the shapes of the real host', async () => {
  await images.create();
  const host = await run();
  await drop('a.jpg', 'abc', {
    metadata: { owner: 'me' },
    blobHTTPHeaders: { blobContentType: 'image/jpeg' },
  });
  const { uri, properties, metadata } = await waitForBlob(host, 'a.jpg');
  expect(uri).toBe(images.getBlobClient('a.jpg').url);
  expect(metadata).toEqual({ owner: 'me' });
  expect(properties).toMatchObject({
    blobType: 0,
    contentLength: 3,
    contentType: 'image/jpeg',
    contentHash: 'kAFQmDzST7DWlj99KOF/cg==', // MD5 of abc
    eTag: {},
    lastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
    leaseStatus: 1,
    metadata: { owner: 'me' },
  });
});

it('gives a name that looks like JSON as what it looks like, but never in blobTrigger', async () => {
  await images.create();
  const host = await run();
  await Promise.all(['12345', 'true', '007'].map((name) => drop(name, '')));
  expect((await waitForBlob(host, '12345')).name).toBe(12345);
  expect((await waitForBlob(host, 'true')).name).toBe(true);
  expect((await waitForBlob(host, '007')).name).toBe('007');
});

it('runs again for a blob that was overwritten, and waits for a container that is not there yet', async () => {
  const host = await run();
  await idle();
  await images.create();
  await drop('a.jpg', 'first');
  await waitForBlob(host, 'a.jpg');
  await drop('a.jpg', 'second');
  await waitFor('the second run', async () => toldOf(host, 'a.jpg')[1], 10_000);
  expect(toldOf(host, 'a.jpg').map(({ text }) => text)).toEqual(['first', 'second']);
  expect(host.logs.filter(({ level }) => level === 'warning')).toEqual([]);
});

it('drops messages about content that was overwritten or deleted before its turn', async () => {
  await images.create();
  const host = await run({ extensions: { blobs: { maxDegreeOfParallelism: 1 } } });
  await drop('slow.jpg', '');
  await waitForBlob(host, 'slow.jpg'); // and now it is at work, alone
  await drop('changing.jpg', 'first');
  await drop('deleted.jpg', '');
  await idle(); // both are announced
  await drop('changing.jpg', 'second');
  await images.deleteBlob('deleted.jpg');
  await waitForBlob(host, 'changing.jpg');
  await idle();
  expect(toldOf(host, 'changing.jpg').map(({ text }) => text)).toEqual(['second']);
  expect(toldOf(host, 'deleted.jpg')).toEqual([]);
});

it('does not run again after a restart', async () => {
  await images.create();
  const app = await createApp({ fixture: 'images.cjs' });
  closing.add(app);
  const options = {
    appDirectory: app.directory,
    settings: { ...settings, IMAGES_CONTAINER: images.containerName },
    pollIntervalMs: 50,
  };
  const first = await startTestHost(options);
  await drop('a.jpg', '');
  await waitForBlob(first, 'a.jpg');
  await first.stop();
  const second = await startTestHost(options);
  onTestFinished(() => second.stop());
  await drop('b.jpg', '');
  await waitForBlob(second, 'b.jpg');
  expect(toldOf(second, 'a.jpg')).toEqual([]);
});

it('shares the work of two hosts, so that each blob runs once', async () => {
  await images.create();
  const app = closing.add(await createApp({ fixture: 'images.cjs' }));
  const hosts = await Promise.all(
    [1, 2].map(async () => {
      const host = await startTestHost({
        appDirectory: app.directory,
        settings: { ...settings, IMAGES_CONTAINER: images.containerName },
        pollIntervalMs: 20,
      });
      onTestFinished(() => host.stop());
      return host;
    }),
  );
  const names = Array.from({ length: 40 }, (_, index) => `${index}.jpg`);
  await Promise.all(names.map((name) => drop(name, name)));
  const all = () => hosts.flatMap((host) => said<Told>(host));
  await waitFor('all blobs', async () => (all().length >= names.length ? true : undefined), 15_000);
  await idle();
  expect(
    all()
      .map(({ text }) => text)
      .sort(),
  ).toEqual([...names].sort());
  expect(hosts.flatMap((host) => host.logs.filter(({ level }) => level === 'warning'))).toEqual([]);
});

it('takes over from a host that was killed in the middle, once its message is seen again', async () => {
  await images.create();
  const app = closing.add(await createApp({ fixture: 'images.cjs' }));
  const start = async () => {
    const host = await startTestHost({
      appDirectory: app.directory,
      settings: { ...settings, IMAGES_CONTAINER: images.containerName },
      pollIntervalMs: 50,
      visibilitySeconds: 1,
    });
    onTestFinished(() => host.stop());
    return host;
  };
  const first = await start();
  await drop('slow.jpg', '');
  await waitForBlob(first, 'slow.jpg');
  first.kill();
  const second = await start();
  await waitForBlob(second, 'slow.jpg');
});

it('keeps a message of its own for longer than its visibility by renewing it', async () => {
  await images.create();
  const app = closing.add(await createApp({ fixture: 'images.cjs' }));
  const host = await startTestHost({
    appDirectory: app.directory,
    settings: { ...settings, IMAGES_CONTAINER: images.containerName },
    pollIntervalMs: 50,
    visibilitySeconds: 1,
  });
  onTestFinished(() => host.stop());
  await drop('slow.jpg', ''); // two seconds
  await waitFor('the end', async () => host.logs.find(({ message }) => /succeeded/.test(message)), 10_000);
  await idle();
  expect(toldOf(host, 'slow.jpg')).toHaveLength(1);
});
