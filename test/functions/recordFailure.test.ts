import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeylessError } from '../../src/errors/errors.ts';
import { claimPicture } from '../../src/storage/claim.ts';
import type { Containers } from '../../src/storage/containers.ts';
import { describeError } from '../../src/storage/document.ts';
import { readKept } from '../../src/storage/kept.ts';
import { loadFunctions, type Registered } from '../support/registeredFunctions.ts';
import { type Scoring, startScoring } from '../support/scoring.ts';
import { rejection } from '../support/secrets.ts';

const POISON = 'webjobs-blobtrigger-poison';
let scoring: Scoring;
let containers: Containers;
let app: Registered;
let poison: QueueClient;
beforeAll(async () => {
  scoring = await startScoring();
  containers = await scoring.containers();
  poison = new QueueClient(scoring.storage.connectionString, POISON);
  await poison.create();
  app = await loadFunctions(scoring.settings);
});
afterAll(() => scoring?.close());
beforeEach(async () => {
  scoring.vision.server.reset();
  app.logs.length = 0;
  await poison.clearMessages();
});

const REASON = describeError(new KeylessError('IdentityEndpointFailing', 'It answered 500.'));
const message = (name: string, own = {}) => ({
  Type: 'BlobTrigger',
  FunctionId: 'Host.Functions.predictBlob',
  BlobType: 'BlockBlob',
  ContainerName: 'images',
  BlobName: name,
  ETag: '"0x1"',
  ...own,
});
const deliver = (text: string | Buffer) => app.queue('recordFailure', Buffer.from(text));
const record = (name: string) => deliver(JSON.stringify(message(name)));
async function drop(name: string): Promise<string> {
  await scoring.dropFresh(name);
  return (await containers.images.getBlobClient(name).getProperties()).etag ?? '';
}
async function handBack(name: string, pictureEtag?: string): Promise<void> {
  const claim = await claimPicture(containers.claims, name, 5_000);
  await claim.release({ ...REASON, ...(pictureEtag && { pictureEtag }) });
}
const paid = () => scoring.vision.server.requests.length;
const said = () => app.logs.map(({ level, message: text }) => `${level} ${text}`).join('\n');

describe('a message of the poison queue', () => {
  it('is taken from where the blob trigger leaves it', () => {
    expect(app.bindings('recordFailure')[0]).toMatchObject({
      type: 'queueTrigger',
      queueName: POISON,
      connection: 'ImageStorage',
      dataType: 'binary',
    });
  });

  it('becomes a failed document with the last known reason, without a call', async () => {
    await handBack('known.jpg', await drop('known.jpg'));
    await record('known.jpg');
    const { status, error } = await scoring.documentOf('known.jpg');
    expect({ status, error }).toEqual({ status: 'failed', error: REASON });
    expect(said()).toContain('error known.jpg: given up: IdentityEndpointFailing: It answered 500. Fix: ');
    expect((await readKept(containers.claims, 'known.jpg'))?.fault).toBeUndefined();
    expect(paid()).toBe(0);
  });

  it('of a picture that was never tried gives it its attempt', async () => {
    await drop('never.jpg');
    await record('never.jpg');
    expect(await scoring.documentOf('never.jpg')).toMatchObject({ status: 'succeeded' });
    expect(paid()).toBe(1);
  });

  it('of a picture whose attempt fails too becomes a failed document with that reason', async () => {
    await drop('fails.jpg');
    scoring.vision.server.faults.always({ status: 503, headers: { 'retry-after': '900' } });
    await record('fails.jpg');
    expect(await scoring.documentOf('fails.jpg')).toMatchObject({
      status: 'failed',
      error: { code: 'VisionUnavailable' },
    });
    expect(paid()).toBe(1);
  });

  it('of a picture that was changed since gives the new content its attempt', async () => {
    await handBack('changed.jpg', await drop('changed.jpg'));
    const etag = await drop('changed.jpg');
    await record('changed.jpg');
    expect(await scoring.documentOf('changed.jpg')).toMatchObject({ status: 'succeeded', image: { etag } });
  });

  it('of a picture that is gone, or done by now, changes nothing', async () => {
    await handBack('gone.jpg', '0x1');
    await record('gone.jpg');
    await record('never there.jpg');
    await drop('done.jpg');
    await record('done.jpg');
    const document = await scoring.storage.document('done.jpg');
    await handBack('done.jpg');
    await record('done.jpg');
    await record('done.jpg');
    expect(await scoring.storage.document('done.jpg')).toBe(document);
    expect(await scoring.storage.document('gone.jpg')).toBeUndefined();
    expect(paid()).toBe(1);
  });

  it('delivered twice at once is filed once', async () => {
    await handBack('twice.jpg', await drop('twice.jpg'));
    await Promise.all([record('twice.jpg'), record('twice.jpg')]);
    expect((await scoring.documentOf('twice.jpg')).error).toEqual(REASON);
    expect(said().match(/given up: /gu)).toHaveLength(1);
    expect(paid()).toBe(0);
  });
});

describe('a message of somebody else', () => {
  it.each<[string, string | Buffer]>([
    ['another container', JSON.stringify(message('a.jpg', { ContainerName: 'fotos' }))],
    ['another function', JSON.stringify(message('a.jpg', { FunctionId: 'Host.Functions.resize' }))],
    ['another kind', JSON.stringify({ ...message('a.jpg'), Type: 'QueueTrigger' })],
    [
      'JSON as others write it',
      '{ "id" : 12345678901234567890, "x":1e2, "x":1.0, "name":"fr\\u00fcchte" }\n',
    ],
    ['a number', '12345678901234567890'],
    ['no JSON', 'not JSON: früchte'],
    ['no text', Buffer.from([0xff, 0xfe, 0x00, 0xc3])],
    ['nothing', ''],
  ])('is put back byte for byte, out of sight for a while: %s', async (_, foreign) => {
    const sent = vi.spyOn(QueueClient.prototype, 'sendMessage');
    await drop('a.jpg');
    await deliver(foreign);
    expect(sent).toHaveBeenCalledExactlyOnceWith(Buffer.from(foreign).toString('base64'), {
      visibilityTimeout: 600,
      messageTimeToLive: -1,
    });
    sent.mockRestore();
    expect((await poison.receiveMessages()).receivedMessageItems).toEqual([]);
    expect((await poison.getProperties()).approximateMessagesCount).toBe(1);
    expect(await scoring.storage.document('a.jpg')).toBeUndefined();
    expect(paid()).toBe(0);
  });

  it('that cannot be put back is told in words of ours, and comes again', async () => {
    const refusal = Object.assign(new Error('No.'), { statusCode: 403, code: 'AuthorizationFailure' });
    const sent = vi.spyOn(QueueClient.prototype, 'sendMessage').mockRejectedValue(refusal);
    expect(await rejection(deliver('foreign'))).toMatchObject({
      code: 'StorageFirewalled',
      message: expect.stringContaining(POISON),
    });
    sent.mockRestore();
  });
});
