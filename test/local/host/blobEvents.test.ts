import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createClosing } from '../../../local/closing.ts';
import type { Host } from '../../../local/host/start.ts';
import { waitFor } from '../../../local/waiting.ts';
import { lendAzurite } from '../../support/lend.ts';
import { runApp, said } from './apps.ts';

const closing = createClosing();
let connectionString: string;
let blobs: BlobServiceClient;
let host: Host;

beforeAll(async () => {
  ({ connectionString } = closing.add(await lendAzurite()));
  blobs = BlobServiceClient.fromConnectionString(connectionString);
  await blobs.createContainer('images');
});
afterAll(closing.close);
beforeEach(async () => {
  host = await start();
});

const start = (systemKey?: string) =>
  runApp({
    fixture: 'events.cjs',
    settings: { ImageStorage: connectionString, AzureWebJobsStorage: connectionString },
    ...(systemKey !== undefined && { systemKey }),
  });
const post = (
  body: unknown,
  { type = 'Notification', query = 'functionName=Host.Functions.announced' } = {},
) =>
  fetch(`${host.url}/runtime/webhooks/blobs?${query}`, {
    method: 'POST',
    headers: { 'aeg-event-type': type, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const created = (name: string, eTag = '0x1') => ({
  eventType: 'Microsoft.Storage.BlobCreated',
  data: { url: blobs.getContainerClient('images').getBlobClient(name).url, eTag, blobType: 'BlockBlob' },
});
const told = () => said<{ blobTrigger: string; text: string }>(host);
const waitForRuns = (count: number) =>
  waitFor(`${count} runs`, async () => (told().length >= count ? told() : undefined), 10_000);
const drop = (name: string, content: string) =>
  blobs.getContainerClient('images').getBlockBlobClient(name).upload(content, content.length);

it('runs for the blobs of a notification, whatever their name and ETag, and each time it is told', async () => {
  await drop('a b/ü.png', 'content');
  expect((await post([created('a b/ü.png', '0xOLD')])).status).toBe(202);
  await waitForRuns(1);
  expect((await post([created('a b/ü.png', '0xOLD')])).status).toBe(202);
  expect(await waitForRuns(2)).toEqual([
    { blobTrigger: 'images/a b/ü.png', text: 'content' },
    { blobTrigger: 'images/a b/ü.png', text: 'content' },
  ]);
});

it('does not look into the container by itself', async () => {
  await drop('unannounced.jpg', '');
  await drop('announced.jpg', '');
  await post([created('announced.jpg')]);
  await waitForRuns(1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(told().map(({ blobTrigger }) => blobTrigger)).toEqual(['images/announced.jpg']);
});

it('counts a blob that is gone as done', async () => {
  await drop('there.jpg', '');
  await post([created('gone.jpg'), created('there.jpg')]);
  expect(await waitForRuns(1)).toMatchObject([{ blobTrigger: 'images/there.jpg' }]);
  expect(host.logs.filter(({ level }) => level === 'warning' || level === 'error')).toEqual([]);
});

it('answers the validation of a subscription', async () => {
  const answer = await post([{ data: { validationCode: 'abc' } }], { type: 'SubscriptionValidation' });
  expect([answer.status, await answer.json()]).toEqual([200, { validationResponse: 'abc' }]);
});

it.for([
  ['no function name', [], { query: '' }, 400],
  ['no list of events', 'events', {}, 400],
  ['an event without a blob', [{ data: {} }], {}, 400],
  ['another kind of request', [], { type: 'Other' }, 400],
  ['a function there is none of, which is only logged', [], { query: 'functionName=Host.Functions.x' }, 202],
] as const)('answers %s with its status', async ([, body, options, status]) => {
  expect((await post(body, options)).status).toBe(status);
});

it('asks for the system key only when there is one', async () => {
  host = await start('system-key');
  onTestFinished(() => host.stop());
  const query = 'functionName=Host.Functions.announced';
  expect((await post([], { query })).status).toBe(401);
  expect((await post([], { query: `${query}&code=system-key` })).status).toBe(202);
});
