import { beforeEach, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { API_AUDIENCE, API_ROLE } from '../../local/targets/protectedApi.ts';
import { waitFor } from '../../local/waiting.ts';
import { tellAgain } from '../../src/notify/again.ts';
import { documentOf, useHost } from '../support/journeys.ts';

const parts = useHost(
  {},
  {
    notify: (to) => [
      { when: { tags: ['lemon'], probability: 0.6, paths: ['fruit/**'] }, to: to.api },
      { when: { status: 'failed' }, to: to.topic },
    ],
  },
);
const targets = () => {
  const { targets: found } = parts.stack;
  if (!found) throw new Error('The stack has targets.');
  return found;
};
beforeEach(() => targets().reset());

let seed = 96_000_000;
/** A picture that the sample model calls a lemon. */
async function lemon(): Promise<Buffer> {
  for (;;) {
    seed += 1;
    const { jpeg, boxes } = await drawPicture(seed, { size: 96 });
    if (boxes[0]?.tagName === 'lemon') return jpeg;
  }
}
const outboxOf = async (name: string): Promise<string> => {
  const blob = parts.stack.uploader.predictions.getBlobClient(`${name}.json`);
  return (await blob.exists()) ? ((await blob.getProperties()).metadata?.outbox ?? '') : '';
};

describe('a dropped lemon', () => {
  it('is told to the API once, by an event of its own, with a token that carries the role', async () => {
    await parts.stack.uploader.drop('fruit/lemon.jpg', await lemon());
    const { image } = await documentOf(parts.stack, 'fruit/lemon.jpg');
    const event = await waitFor('the event', async () => [...targets().api.told.keys()][0]);
    expect(targets().api.told.get(event)).toEqual({
      subject: 'fruit/lemon.jpg',
      type: 'keyless.vision.prediction.succeeded',
      times: 1,
    });
    const [request] = targets().api.requests;
    expect(request?.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/u),
    });
    const told = JSON.parse(request?.body ?? '{}');
    expect(told).toMatchObject({
      specversion: '1.0',
      source: parts.stack.uploader.images.url,
      data: {
        document: `${parts.stack.uploader.predictions.url}/fruit/lemon.jpg.json`,
        results: [{ model: 'fruit', accepted: [{ tagName: 'lemon' }] }],
      },
    });
    expect(image.name).toBe('fruit/lemon.jpg');
    await waitFor('who was told', async () => /\.told\./u.exec(await outboxOf('fruit/lemon.jpg'))?.[0]);
    expect(parts.stack.identity.count(API_AUDIENCE, 'app')).toBe(1);
  });

  it('that fails is told to the topic', async () => {
    await parts.stack.uploader.drop('fruit/broken.jpg', Buffer.from('no picture'));
    const event = await waitFor('the event', async () => targets().topic.events[0]);
    expect(event).toMatchObject({
      subject: 'fruit/broken.jpg',
      type: 'keyless.vision.prediction.failed',
      data: { error: { code: 'ImageTypeUnsupported' } },
    });
    expect(targets().topic.requests[0]?.path).toBe('/api/events?api-version=2018-01-01');
  });

  it('is not told while the identity lacks the role: nothing is sent, the reason names the grant, and after it it arrives', async () => {
    const { identity, startHost, uploader } = parts.stack;
    identity.revoke('system-assigned', API_AUDIENCE, [API_ROLE]);
    const host = await startHost({ pollIntervalMs: 100 });
    await parts.host.stop(); // its token has the role
    await uploader.drop('fruit/early.jpg', await lemon());
    await waitFor(
      'the reason',
      async () => /TargetRoleMissing/u.exec(await outboxOf('fruit/early.jpg'))?.[0],
    );
    expect(targets().api.requests).toEqual([]);
    const said = host.logs.map(({ message }) => message).join('\n');
    expect(said).toContain(
      `npm run keyless -- grant app-role --api ${API_AUDIENCE} --role ${API_ROLE} --principal `,
    );

    identity.grant('system-assigned', API_AUDIENCE, [API_ROLE]);
    const queue = uploader.queues.getQueueClient('predictions-notify');
    const send = async (message: object) => {
      await queue.sendMessage(Buffer.from(JSON.stringify(message)).toString('base64'));
    };
    expect(await tellAgain(uploader.predictions, send, 'fruit/early.jpg', 'TargetRoleMissing')).toBe(1);
    await waitFor('the event', async () => [...targets().api.told.keys()][0]);
    await host.stop();
  });
});
