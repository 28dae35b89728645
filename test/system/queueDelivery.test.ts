import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import type { Host } from '../../local/host/start.ts';
import { waitFor } from '../../local/waiting.ts';
import { documentOf, useStack } from '../support/journeys.ts';
import { cloudEvent, gridEvent } from '../support/storageEvents.ts';

const stack = useStack();
let host: Host;
let jpeg: Buffer;
beforeAll(async () => {
  ({ jpeg } = await drawPicture(95_000_001, { size: 96 }));
  const queue = queueOf('picture-events');
  await queue.create(); // as the infrastructure does
  host = await stack.current.startHost({ settings: { EVENT_DELIVERY: 'queue' } });
});
afterAll(() => host?.stop());
beforeEach(() => stack.current.prediction.reset());

const queueOf = (name: string) => stack.current.uploader.queues.getQueueClient(name);
const urlOf = (name: string) => stack.current.uploader.images.getBlobClient(name).url;
/** As Event Grid writes to a storage queue: one event a message, in base64. */
const send = (message: unknown, queue = 'picture-events') => {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  return queueOf(queue).sendMessage(Buffer.from(text).toString('base64'));
};
let shade = 0;
async function drop(name: string): Promise<string> {
  shade += 1;
  await stack.current.uploader.drop(name, Buffer.concat([jpeg, Buffer.from(`picture ${shade}`)]));
  return urlOf(name);
}
const paid = () => stack.current.prediction.count({ status: 200 });
const emptied = (queue: string) =>
  waitFor(`the queue ${queue} to be empty`, async () =>
    (await queueOf(queue).getProperties()).approximateMessagesCount === 0 ? true : undefined,
  );

describe('with the delivery by queue', () => {
  it('the host has the twin of the blob trigger, and not the blob trigger', () => {
    expect(host.functions).toEqual(expect.arrayContaining(['predictQueuedBlob', 'recordQueuedFailure']));
    expect(host.functions).not.toContain('predictBlob');
  });

  it.each(['fruit/plain.jpg', 'fruit/a b#%.jpg', 'fruit/🍐 100%25.jpg', 'fruit/früchte/12345'])(
    'the picture %s gets its document from its event',
    async (name) => {
      await send(gridEvent(await drop(name)));
      expect(await documentOf(stack.current, name)).toMatchObject({ status: 'succeeded', image: { name } });
    },
  );

  it('twenty events, each in both schemas and twice, are paid for once each', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `fruit/many/${index}.jpg`);
    const urls = await Promise.all(names.map(drop));
    await Promise.all(
      urls.flatMap((url) => [send(gridEvent(url)), send(cloudEvent(url)), send(gridEvent(url))]),
    );
    for (const name of names) expect((await documentOf(stack.current, name)).status).toBe('succeeded');
    await emptied('picture-events');
    expect(paid()).toBe(20);
  });

  it('a picture that is dropped without an event is left alone: nothing scans', async () => {
    await drop('fruit/unseen.jpg');
    await send(gridEvent(await drop('fruit/seen.jpg')));
    await documentOf(stack.current, 'fruit/seen.jpg');
    expect(await stack.current.uploader.document('fruit/unseen.jpg')).toBeUndefined();
  });

  it('what nobody can read, and events of others, leave the queue without harm', async () => {
    await send('not JSON');
    await send({ hello: 'there' });
    await send(gridEvent(urlOf('a.jpg').replace('/images/', '/images-out/')));
    await emptied('picture-events');
    const said = host.logs.map(({ message }) => message).join('\n');
    expect(said.match(/of picture-events is dropped: it is neither/gu)).toHaveLength(2);
    expect(said).toContain('An event is passed over: it is of the container images-out.');
    expect(paid()).toBe(0);
  });

  it('what the platform gave up on gets the attempt it never had', async () => {
    const url = await drop('fruit/given-up.jpg');
    await queueOf('picture-events-poison').createIfNotExists();
    await send(gridEvent(url), 'picture-events-poison');
    expect(await documentOf(stack.current, 'fruit/given-up.jpg')).toMatchObject({ status: 'succeeded' });
    await emptied('picture-events-poison');
  });
});
