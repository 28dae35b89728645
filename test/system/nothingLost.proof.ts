import { afterEach, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { waitFor } from '../../local/waiting.ts';
import { KeylessError } from '../../src/errors/errors.ts';
import { claimPicture } from '../../src/storage/claim.ts';
import { describeError } from '../../src/storage/document.ts';
import { keyless } from '../support/command.ts';
import { createdEvent, deliverEvents } from '../support/eventGrid.ts';
import { documentOf, startTestStack, useStack } from '../support/journeys.ts';

const stack = useStack();
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function startHost(settings: Record<string, string> = {}) {
  const host = await stack.current.startHost({ settings });
  closing.push(() => host.stop());
  return host;
}

/** Pictures of different bytes, by name. */
async function pictures(prefix: string, howMany: number): Promise<{ name: string; jpeg: Buffer }[]> {
  const { jpeg } = await drawPicture(95_000_001, { size: 96 });
  return Array.from({ length: howMany }, (_, index) => ({
    name: `${prefix}/${String(index).padStart(3, '0')}.jpg`,
    jpeg: Buffer.concat([jpeg, Buffer.from(`${prefix} ${index}`)]),
  }));
}
const drop = (all: { name: string; jpeg: Buffer }[]) =>
  Promise.all(all.map(({ name, jpeg }) => stack.current.uploader.drop(name, jpeg)));
const paid = () => stack.current.prediction.count({ status: 200 });

async function poisonMessages(): Promise<number> {
  const queue = stack.current.uploader.queues.getQueueClient('webjobs-blobtrigger-poison');
  return queue.getProperties().then(
    ({ approximateMessagesCount = 0 }) => approximateMessagesCount,
    () => 0,
  );
}

/** As five failed attempts leave a picture, without their minutes of patience: its last fault, and a poison message. */
async function giveUp(name: string): Promise<void> {
  const { predictions, queues } = stack.current.uploader;
  const claims = stack.current.uploader.container(`${predictions.containerName}-claims`);
  const fault = new KeylessError('VisionUnavailable', 'Custom Vision answered 503 five times.');
  await (await claimPicture(claims, name, 1_000)).release(describeError(fault));
  const message = {
    Type: 'BlobTrigger',
    FunctionId: 'Host.Functions.predictBlob',
    BlobType: 'BlockBlob',
    ContainerName: 'images',
    BlobName: name,
    ETag: '"0x1"',
  };
  const queue = queues.getQueueClient('webjobs-blobtrigger-poison');
  await queue.createIfNotExists();
  await queue.sendMessage(Buffer.from(JSON.stringify(message)).toString('base64'));
}

describe('an event', () => {
  it('delivered five times over costs no call more', async () => {
    const host = await startHost({ BLOB_TRIGGER_SOURCE: 'EventGrid' });
    const all = await pictures('fruit/events', 20);
    await drop(all);
    const before = paid();
    const events = await Promise.all(
      all.map(({ name }) => createdEvent(stack.current.uploader.images.getBlobClient(name))),
    );
    const deliver = async () => expect(await deliverEvents(host.url, events)).toBe(202);
    await Promise.all([deliver(), deliver()]); // at once, so that they race
    for (const { name } of all) expect((await documentOf(stack.current, name)).status).toBe('succeeded');
    for (let more = 0; more < 3; more += 1) await deliver();
    const executed = () => host.logs.filter(({ message }) => /Executed.*predictBlob/u.test(message)).length;
    await waitFor('all hundred runs', async () => (executed() >= 100 ? true : undefined));
    expect(paid() - before).toBe(20);
  });
});

describe('what cannot be scored', () => {
  it('is filed with its code, and nothing is poisoned', async () => {
    const models = JSON.parse(stack.current.settings.VISION_MODELS ?? '{}') as Record<string, object>;
    const unpublished = { ...models.fruit, publishedName: 'not published', paths: ['unpublished/**'] };
    await startHost({ VISION_MODELS: JSON.stringify({ ...models, unpublished }) });
    const [broken, strangers] = [await pictures('fruit/broken', 10), await pictures('unpublished', 10)];
    for (const each of broken)
      each.jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), each.jpeg.subarray(200)]);
    await drop([...broken, ...strangers]);
    const codes = async (all: { name: string }[]) =>
      new Set(
        await Promise.all(all.map(async ({ name }) => (await documentOf(stack.current, name)).error?.code)),
      );
    expect([...(await codes(strangers))]).toEqual(['ModelNotPublished']);
    for (const code of await codes(broken)) expect(code).toMatch(/^Image(Undecodable|Truncated)$/u);
    expect(await poisonMessages()).toBe(0);
  });
});

describe('pictures the platform gave up on', () => {
  it('are filed with the last reason, and retry brings them through once the fault is lifted', async () => {
    const host = await startHost({ BLOB_TRIGGER_SOURCE: 'EventGrid' });
    const all = await pictures('fruit/poisoned', 5);
    await drop(all);
    for (const { name } of all) await giveUp(name);
    for (const { name } of all) {
      const document = await documentOf(stack.current, name);
      expect(document).toMatchObject({ status: 'failed', error: { code: 'VisionUnavailable' } });
    }
    expect(
      await waitFor('an empty poison queue', async () => ((await poisonMessages()) === 0 ? 0 : undefined)),
    ).toBe(0);
    await host.stop();

    const dry = await keyless(stack.current, ['retry', '--prefix', 'fruit/poisoned/', '--dry-run']).finished;
    expect(dry).toMatchObject({ code: 0, out: all.map(({ name }) => `${name}\n`).join('') });
    const retried = await keyless(stack.current, [
      'retry',
      '--prefix',
      'fruit/poisoned/',
      '--code',
      'VisionUnavailable',
      '--yes',
      '--json',
    ]).finished;
    expect(retried.err).toContain('Done: 5 written.');
    expect(retried.code).toBe(0);
    expect(
      retried.out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { outcome: string }).outcome),
    ).toEqual(Array.from({ length: 5 }, () => 'written'));
    for (const { name } of all) expect((await documentOf(stack.current, name)).status).toBe('succeeded');
  });
});

describe('backfill', () => {
  it('interrupted half way and started again pays once for each picture', async () => {
    const own = await startTestStack();
    closing.push(() => own.close());
    own.prediction.faults.latencyMs = 100;
    const all = await pictures('fruit/old', 60);
    await Promise.all(all.map(({ name, jpeg }) => own.uploader.drop(name, jpeg)));

    const first = keyless(own, ['backfill', '--yes', '--price', '2']);
    await waitFor(
      'half of them',
      async () => (own.prediction.count({ status: 200 }) >= 25 ? true : undefined),
      60_000,
      5,
    );
    first.child.kill('SIGINT');
    const interrupted = await first.finished;
    expect(interrupted.err).toContain('60 pictures, 60 paid calls, about 0.12 at 2 per 1,000.');
    expect(interrupted.code).toBe(130);
    const half = own.prediction.count({ status: 200 });
    expect(half).toBeLessThan(60);

    const second = await keyless(own, ['backfill', '--yes']).finished;
    expect(second.err).toContain(`${60 - half} pictures, ${60 - half} paid calls`);
    expect(second.code).toBe(0);
    expect(own.prediction.count({ status: 200 })).toBe(60); // a call refused for the rate is not paid for
    const sent = own.prediction.requests.map(({ sha256 }) => sha256);
    expect(new Set(sent).size).toBe(60);
    expect((await keyless(own, ['backfill', '--dry-run']).finished).err).toContain('0 pictures');
  });

  it('scores what a changed model left behind, and only that', async () => {
    const own = await startTestStack();
    closing.push(() => own.close());
    const all = await pictures('fruit/changed', 4);
    await Promise.all(all.map(({ name, jpeg }) => own.uploader.drop(name, jpeg)));
    await keyless(own, ['backfill', '--yes']).finished;
    const models = JSON.parse(own.settings.VISION_MODELS ?? '{}') as Record<string, { paths: string[] }>;
    if (models['fruit-boxes']) models['fruit-boxes'].paths = ['fruit/changed/**', 'boxes/**'];
    const again = await keyless(own, ['backfill', '--yes', '--model', 'fruit-boxes'], {
      VISION_MODELS: JSON.stringify(models),
    }).finished;
    expect(again.err).toContain('4 pictures, 8 paid calls');
    expect((await documentOf(own, all[0]?.name ?? '')).results.map(({ model }) => model)).toEqual([
      'fruit',
      'fruit-boxes',
    ]);
  });
});
