import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createClosing } from '../../../local/closing.ts';
import type { Host } from '../../../local/host/start.ts';
import { waitFor } from '../../../local/waiting.ts';
import { lendAzurite } from '../../support/lend.ts';
import { runApp, said } from './apps.ts';

type Told = { message: unknown; metadata: Record<string, unknown> };

const closing = createClosing();
let connectionString: string;
let queues: QueueServiceClient;
let queueCount = 0;
let name: string;

beforeAll(async () => {
  ({ connectionString } = closing.add(await lendAzurite()));
  queues = QueueServiceClient.fromConnectionString(connectionString);
});
afterAll(closing.close);
beforeEach(() => {
  queueCount += 1;
  name = `work-${queueCount}`;
});

const run = (queueOptions = {}) =>
  runApp({
    fixture: 'work.cjs',
    hostJson: { extensions: { queues: queueOptions } },
    settings: { AzureWebJobsStorage: connectionString, WORK_QUEUE: name },
  });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const waitForRuns = (host: Host, count: number) =>
  waitFor(`${count} runs`, async () => {
    const told = said<Told>(host);
    return told.length >= count ? told : undefined;
  });
const receive = (queueName: string) =>
  waitFor(`a message in ${queueName}`, async () => {
    const answer = await queues
      .getQueueClient(queueName)
      .receiveMessages()
      .catch(() => undefined);
    return answer?.receivedMessageItems[0]?.messageText;
  });

it('waits for its queue, reads JSON, and deletes the message', async () => {
  const host = await run();
  const queue = queues.getQueueClient(name);
  await queue.create();
  const { messageId } = await queue.sendMessage(base64('{"picture":"ü.jpg"}'));
  const [told] = await waitForRuns(host, 1);
  expect(told?.message).toEqual({ picture: 'ü.jpg' });
  expect(told?.metadata).toMatchObject({
    id: messageId,
    dequeueCount: 1,
    queueTrigger: { picture: 'ü.jpg' },
  });
  for (const date of ['insertionTime', 'expirationTime', 'nextVisibleTime'])
    expect(told?.metadata[date]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
  await waitFor('the deletion', async () =>
    (await queue.getProperties()).approximateMessagesCount === 0 ? true : undefined,
  );
});

it('hands over the very bytes where the binding asks for them, JSON or not', async () => {
  const queue = queues.getQueueClient(`${name}-raw`);
  await queue.create();
  const host = await run();
  const raw = [base64('{ "id" : 12345678901234567890 }'), base64('12345'), 'wyj/'];
  for (const each of raw) await queue.sendMessage(each);
  expect((await waitForRuns(host, 3)).map(({ message }) => message).toSorted()).toEqual(raw.toSorted());
});

it('tries a message five times and moves it to the poison queue as it was', async () => {
  await queues.createQueue(name);
  const host = await run();
  await queues.getQueueClient(name).sendMessage(base64('bad'));
  expect(await receive(`${name}-poison`)).toBe(base64('bad'));
  expect(said<Told>(host).map(({ metadata }) => metadata.dequeueCount)).toEqual([1, 2, 3, 4, 5]);
});

it('heeds maxDequeueCount and messageEncoding', async () => {
  await queues.createQueue(name);
  const host = await run({ maxDequeueCount: 2, messageEncoding: 'none' });
  await queues.getQueueClient(name).sendMessage('bad');
  expect(await receive(`${name}-poison`)).toBe('bad');
  expect(said(host)).toHaveLength(2);
});

it('moves a message that is not base64 to the poison queue without running the function', async () => {
  await queues.createQueue(name);
  const host = await run();
  await queues.getQueueClient(name).sendMessage('not base64!');
  expect(await receive(`${name}-poison`)).toBe('not base64!');
  expect(said(host)).toEqual([]);
  expect(host.logs.map(({ message }) => message).join()).toMatch(/messageEncoding to "none"/);
});

it('runs by hand at /admin/functions with the input as message', async () => {
  const host = await run();
  const answer = await fetch(`${host.url}/admin/functions/work`, {
    method: 'POST',
    body: JSON.stringify({ input: '{"by":"hand"}' }),
  });
  expect(answer.status).toBe(202);
  expect(await waitForRuns(host, 1)).toMatchObject([{ message: { by: 'hand' } }]);
});
