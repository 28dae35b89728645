import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { claimPicture } from '../../src/storage/claim.ts';
import type { Containers } from '../../src/storage/containers.ts';
import { describeError } from '../../src/storage/document.ts';
import { loadFunctions, type Registered } from '../support/registeredFunctions.ts';
import { freshPicture, type Scoring, startScoring } from '../support/scoring.ts';
import { expectNoToken, rejection } from '../support/secrets.ts';
import { cloudEvent, gridEvent } from '../support/storageEvents.ts';

let scoring: Scoring;
let containers: Containers;
let app: Registered;
beforeAll(async () => {
  scoring = await startScoring();
  containers = await scoring.containers();
  app = await loadFunctions({
    ...scoring.settings,
    EVENT_DELIVERY: 'queue',
    EVENT_QUEUE: 'drops',
  });
});
afterAll(() => scoring?.close());
beforeEach(() => {
  scoring.vision.server.reset();
  app.logs.length = 0;
});

const urlOf = (name: string) => containers.images.getBlobClient(name).url;
async function drop(name: string, bytes = freshPicture()): Promise<string> {
  await scoring.storage.drop(name, bytes);
  return urlOf(name);
}
const deliver = (message: unknown, dequeueCount?: number) =>
  app.queue('predictQueuedBlob', message, { id: 'message-1', ...(dequeueCount && { dequeueCount }) });
const paid = () => scoring.vision.server.requests.length;
const said = () => app.logs.map(({ level, message }) => `${level} ${message}`).join('\n');
const REASON = describeError(new KeylessError('IdentityEndpointFailing', 'It answered 500.'));
const handBack = async (name: string) =>
  (await claimPicture(containers.claims, name, 5_000)).release({ ...REASON });

describe('with the delivery by queue', () => {
  it('the queue is listened to, its poison queue too, and the blob trigger is not there', () => {
    expect(app.bindings('predictQueuedBlob')[0]).toMatchObject({
      type: 'queueTrigger',
      queueName: 'drops',
      connection: 'ImageStorage',
    });
    expect(app.bindings('recordQueuedFailure')[0]).toMatchObject({
      type: 'queueTrigger',
      queueName: 'drops-poison',
      connection: 'ImageStorage',
    });
    expect(app.names()).not.toContain('predictBlob');
    expect(app.names()).toContain('recordFailure'); // what the blob trigger gave up on before the change
  });

  it.each([
    ['an Event Grid event', gridEvent],
    ['a CloudEvent', cloudEvent],
  ])('%s leaves a document of the picture’s present content', async (title, event) => {
    const bytes = freshPicture();
    const name = `orchard/${title} #1 50% 🍐.jpg`;
    await deliver(event(await drop(name, bytes)));
    expect(await scoring.documentOf(name)).toMatchObject({
      status: 'succeeded',
      image: { name, sha256: createHash('sha256').update(bytes).digest('hex') },
    });
    expect(paid()).toBe(1);
  });

  it('an event delivered twice is paid for once', async () => {
    const url = await drop('twice.jpg');
    await Promise.all([deliver(gridEvent(url)), deliver(gridEvent(url))]);
    await deliver(gridEvent(url));
    expect(paid()).toBe(1);
  });

  it('what is no picture becomes a failed document, and is not tried again', async () => {
    await deliver(gridEvent(await drop('text.jpg', Buffer.from('no pixels'))));
    expect(await scoring.documentOf('text.jpg')).toMatchObject({
      status: 'failed',
      error: { code: 'ImageTypeUnsupported' },
    });
    expect(paid()).toBe(0);
  });

  it('what trying again can mend is thrown, and writes no document', async () => {
    scoring.vision.server.faults.always({ status: 503, headers: { 'retry-after': '900' } });
    const url = await drop('later.jpg');
    const error = await rejection(deliver(gridEvent(url), 5));
    expect(error).toMatchObject({ code: 'VisionUnavailable' });
    expectNoToken(error);
    expect(await scoring.storage.document('later.jpg')).toBeUndefined();
  });

  it('a sixth delivery gives the picture up, with the last known reason', async () => {
    const url = await drop('sixth.jpg');
    await handBack('sixth.jpg');
    await deliver(gridEvent(url), 6);
    const { status, error } = await scoring.documentOf('sixth.jpg');
    expect({ status, error }).toEqual({ status: 'failed', error: REASON });
    expect(paid()).toBe(0);
  });

  it('a sixth delivery of a picture whose host died each time gives it its attempt', async () => {
    await deliver(gridEvent(await drop('denied.jpg')), 6);
    expect(await scoring.documentOf('denied.jpg')).toMatchObject({ status: 'succeeded' });
  });

  it('a picture that is gone changes nothing', async () => {
    await deliver(gridEvent(urlOf('gone.jpg')));
    expect(await scoring.storage.document('gone.jpg')).toBeUndefined();
    expect(said()).toContain('gone.jpg: gone.');
  });

  it('an event of another container is passed over, with a line in the log', async () => {
    const foreign = urlOf('a.jpg').replace('/images/', '/images-out/');
    await deliver(gridEvent(foreign));
    expect(said()).toBe('information An event is passed over: it is of the container images-out.');
    expect(paid()).toBe(0);
  });

  it.each([[undefined], ['not JSON'], [[]], [{ eventType: 'Microsoft.Storage.BlobCreated' }]])(
    'a message that nobody can read is told and done with: %j',
    async (message) => {
      await deliver(message);
      expect(said()).toMatch(/^error Message message-1 of drops is dropped: .+ Fix: /u);
    },
  );
});

describe('a message of the queue’s poison queue', () => {
  it('becomes a failed document with the last known reason', async () => {
    const url = await drop('poison.jpg');
    await handBack('poison.jpg');
    await app.queue('recordQueuedFailure', gridEvent(url));
    expect((await scoring.documentOf('poison.jpg')).error).toEqual(REASON);
  });

  it('that nobody can read is told and done with', async () => {
    await app.queue('recordQueuedFailure', 'not JSON');
    expect(said()).toMatch(/^error A message of drops-poison is dropped: /u);
  });
});
