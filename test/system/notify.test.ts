import { beforeEach, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { API_AUDIENCE, API_ROLE } from '../../local/targets/protectedApi.ts';
import { waitFor } from '../../local/waiting.ts';
import { tellAgain } from '../../src/notify/again.ts';
import { readNotify } from '../../src/settings/notify.ts';
import { documentOf, STORAGE, useHost, VISION } from '../support/journeys.ts';

const parts = useHost(
  {},
  {
    notify: (to) => [
      { when: { tags: ['lemon'], probability: 0.6, paths: ['fruit/**'] }, to: to.api },
      { when: { status: 'failed' }, to: to.topic },
      { when: { status: 'failed' }, to: to.mail },
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
/** As the app, or somebody who types retry, puts a message into its queue. */
const send = async (message: object) => {
  const queue = parts.stack.uploader.queues.getQueueClient('predictions-notify');
  await queue.sendMessage(Buffer.from(JSON.stringify(message)).toString('base64'));
};
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

  it('and all of these, told in each way and scored besides, take one token a service: five in all', async () => {
    const names = Array.from({ length: 4 }, (_, index) => `fruit/${index}.jpg`);
    await Promise.all(names.map(async (name) => parts.stack.uploader.drop(name, await lemon())));
    await parts.stack.uploader.drop('fruit/torn.jpg', Buffer.from('no picture either'));
    await waitFor('the events', async () => (targets().api.told.size === 4 ? true : undefined));
    await waitFor('the failed one’s', async () => targets().topic.events[0]);
    const [, , mail] = readNotify(parts.stack.settings.NOTIFY, () => {});
    await send({ target: mail?.key }); // as a minute later by itself
    await waitFor('the mail', async () => targets().mail.mails[0]);
    const asked = parts.stack.identity.requests.filter(({ caller }) => caller === 'app');
    expect(asked.map(({ resource }) => resource).toSorted()).toEqual([
      API_AUDIENCE,
      VISION,
      'https://communication.azure.com/',
      'https://eventgrid.azure.net',
      STORAGE,
    ]);
  });

  it('is not told while the identity lacks the role: nothing is sent, the reason names the grant, and after it it arrives', async () => {
    const { identity, startHost, uploader } = parts.stack;
    identity.revoke('system-assigned', API_AUDIENCE, [API_ROLE]);
    const host = await startHost();
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
    expect(await tellAgain(uploader.predictions, send, 'fruit/early.jpg', 'TargetRoleMissing')).toBe(1);
    await waitFor('the event', async () => [...targets().api.told.keys()][0]);
    await host.stop();
  });
});
