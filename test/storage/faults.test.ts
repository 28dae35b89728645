import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ContainerClient, RestError } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeylessError } from '../../src/errors/errors.ts';
import { scorePicture } from '../../src/scoring/scorePicture.ts';
import { lookAtPicture, readPicture } from '../../src/storage/droppedPicture.ts';
import { pictureFault, storageFault } from '../../src/storage/faults.ts';
import { findDocument, writeDocument } from '../../src/storage/store.ts';
import { type Scoring, startScoring } from '../support/scoring.ts';
import { expectNoToken, rejection } from '../support/secrets.ts';

let server: Server;
let answer: [status: number, code?: string | undefined] = [500];
let container: ContainerClient;
beforeAll(async () => {
  server = createServer((_, response) =>
    response
      .writeHead(answer[0], { ...(answer[1] && { 'x-ms-error-code': answer[1] }), 'content-length': 0 })
      .end(),
  ).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  container = new ContainerClient(`http://127.0.0.1:${port}/images`, undefined, {
    retryOptions: { maxTries: 1 },
  });
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

type Told = [status: number, spoken: string | undefined, code: string];
const PASSING: Told[] = [
  ...([408, 429, 500, 503, 404, 409, 412] as const).map(
    (status): Told => [status, undefined, 'StorageUnavailable'],
  ),
  [503, 'ServerBusy', 'StorageUnavailable'],
  [500, 'OperationTimedOut', 'StorageUnavailable'],
  [409, 'ContainerBeingDeleted', 'StorageUnavailable'],
  [409, 'AccountBeingCreated', 'StorageUnavailable'],
  [409, 'SomethingWrong', 'StorageUnavailable'],
];
const OF_THE_ACCOUNT: Told[] = [
  [401, undefined, 'StorageRefused'],
  [403, 'SomethingWrong', 'StorageRefused'],
  [403, 'AuthorizationPermissionMismatch', 'StorageRefused'],
  [403, 'AuthorizationFailure', 'StorageFirewalled'],
  [403, 'AuthenticationFailed', 'StorageTokenRefused'],
  [401, 'InvalidAuthenticationInfo', 'StorageTokenRefused'],
  [403, 'AccountIsDisabled', 'StorageDisabled'],
  [409, 'ContainerDisabled', 'StorageDisabled'],
  [403, 'KeyVaultEncryptionKeyNotFound', 'StorageDisabled'],
  [400, undefined, 'StorageRejected'],
  [416, 'InvalidRange', 'StorageRejected'],
  [400, 'OutOfRangeInput', 'ImageNameInvalid'],
  [400, 'InvalidUri', 'ImageNameInvalid'],
  [400, 'InvalidResourceName', 'ImageNameInvalid'],
];
const OF_A_BLOB: [status: number, spoken: string, ofPicture: string][] = [
  [409, 'BlobArchived', 'ImageArchived'],
  [409, 'BlobBeingRehydrated', 'ImageRehydrating'],
  [409, 'BlobUsesCustomerSpecifiedEncryption', 'ImageEncrypted'],
  [409, 'BlobCustomerSpecifiedEncryptionMismatch', 'ImageEncrypted'],
  [409, 'BlobImmutableDueToPolicy', 'BlobBlocked'],
  [409, 'BlobImmutableDueToLegalHold', 'BlobBlocked'],
  [412, 'LeaseIdMissing', 'BlobBlocked'],
  [409, 'LeaseAlreadyPresent', 'BlobBlocked'],
];
const failure = (told: typeof answer) => {
  answer = told;
  return rejection(container.getBlobClient('a.jpg').getProperties());
};

describe('a storage call that fails', () => {
  it.each([...PASSING, ...OF_THE_ACCOUNT])(
    'with %i %s is %s, whatever blob it is about',
    async (status, spoken, code) => {
      for (const told of [storageFault, pictureFault]) {
        const error = told(await failure([status, spoken]), 'Reading a.jpg');
        expect(error).toMatchObject({
          code,
          message: `Reading a.jpg: storage answered ${status}${spoken ? ` ${spoken}` : ''}.`,
        });
        expect(error.transient).toBe(code === 'StorageUnavailable');
      }
    },
  );

  it.each(OF_A_BLOB)(
    'with %i %s does not pass: %s of a picture, BlobBlocked of a blob of this app',
    async (status, spoken, code) => {
      const thrown = await failure([status, spoken]);
      expect(pictureFault(thrown, 'Reading a.jpg')).toMatchObject({ code, transient: false });
      const own = storageFault(thrown, 'Writing a.jpg.json');
      expect(own).toMatchObject({ code: 'BlobBlocked', transient: false });
      expect(own.message).toMatch(
        new RegExp(`^Writing a.jpg.json: storage answered ${status} ${spoken}: \\w`, 'u'),
      );
      expect(own.fix).toContain('npm run keyless -- backfill');
    },
  );

  it('without an answer is StorageUnavailable', async () => {
    const nowhere = new ContainerClient('http://127.0.0.1:1/images', undefined, {
      retryOptions: { maxTries: 1 },
    });
    const error = storageFault(await rejection(nowhere.getBlobClient('a').getProperties()), 'Reading a');
    expect(error).toMatchObject({
      code: 'StorageUnavailable',
      message: expect.stringContaining('answered nothing'),
    });
  });

  it('keeps no request, which could show a token, on its cause', () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl';
    const thrown = Object.assign(new Error('Forbidden'), {
      statusCode: 403,
      request: { headers: { authorization: `Bearer ${token}` } },
      response: { request: { headers: { authorization: `Bearer ${token}` } } },
    });
    expectNoToken(storageFault(thrown, 'Writing'));
  });

  it('begins no line of the log with a picture’s name', async () => {
    const { message } = storageFault(await failure([503]), 'Reading a\n2026-01-01 error: forged.jpg');
    expect(message).not.toContain('\n');
  });

  it.each([
    ['an error of ours', new TypeError('x is not a function')],
    ['a word', 'odd'],
    ['null', null],
    ['nothing', undefined],
  ])('with %s is Unexpected', (_, thrown) => {
    expect(storageFault(thrown, 'Writing')).toMatchObject({ code: 'Unexpected' });
  });
});

describe('the fix', () => {
  const archived = (url: string): KeylessError =>
    pictureFault(
      Object.assign(new RestError('Archived.', { code: 'BlobArchived', statusCode: 409 }), {
        request: { url },
      }),
      'Reading',
    );

  it('is the command to type, with account, container and blob of the request', () => {
    const { fix } = archived(
      'https://orchard.blob.core.windows.net/images/a%20b/it%27s%20%24%26.jpg?snapshot=1',
    );
    expect(fix).toMatch(
      /^az storage blob set-tier --account-name orchard --container-name images --name 'a b\/it'\\''s \$&.jpg' --tier Hot /u,
    );
  });

  it.each([
    ['a name of its own', 'https://pictures.example/images/a.jpg'],
    ['the emulator', 'http://127.0.0.1:10000/devstoreaccount1/images/a.jpg'],
    ['nothing that can be read', 'no address'],
  ])('keeps its placeholders where the account is reached by %s', (_, url) => {
    expect(archived(url).fix).toContain(
      '--account-name <account> --container-name <container> --name <blob>',
    );
  });

  it('names no blob that would not stand on one line', () => {
    expect(archived('https://orchard.blob.core.windows.net/images/a%0Ab').fix).toContain('--name <blob>');
  });
});

describe('a blob that storage keeps back', () => {
  let scoring: Scoring;
  beforeAll(async () => {
    scoring = await startScoring();
  });
  afterAll(() => scoring?.close());
  const imagesWhere = async (told: (method: string) => string | undefined) =>
    (await scoring.containers(async ({ method, path }) => (path.includes('.jpg') ? told(method) : undefined)))
      .images;

  it('is an archived picture when it is read, though it can be looked at', async () => {
    await scoring.dropFresh('archived.jpg');
    const images = await imagesWhere((method) => (method === 'GET' ? '409 BlobArchived' : undefined));
    const seen = await lookAtPicture(images, 'archived.jpg');
    if (typeof seen === 'string') throw new Error(seen);
    expect(await rejection(readPicture(images, seen))).toMatchObject({ code: 'ImageArchived' });
  });

  it('gets its failed document in one attempt, without a call to the service', async () => {
    await scoring.dropFresh('once.jpg');
    const watch = async ({ method, path }: { method: string; path: string }) =>
      method === 'GET' && path === '/images/once.jpg' ? '409 BlobArchived' : undefined;
    await scorePicture(await scoring.parts({ watch }), 'once.jpg');
    expect(await scoring.documentOf('once.jpg')).toMatchObject({
      status: 'failed',
      error: { code: 'ImageArchived', fix: expect.stringContaining('az storage blob set-tier') },
    });
    expect(scoring.vision.server.requests).toHaveLength(0);
  });

  it('is an encrypted picture when it is read: its listing tells of it', async () => {
    await scoring.dropFresh('encrypted.jpg');
    await scoring.dropFresh('encrypted.jpg.bak');
    const { etag } = await scoring.storage.images.getBlobClient('encrypted.jpg').getProperties();
    const images = await imagesWhere(() => '409 BlobUsesCustomerSpecifiedEncryption');
    const seen = await lookAtPicture(images, 'encrypted.jpg');
    if (typeof seen === 'string') throw new Error(seen);
    expect(seen.etag.replaceAll('"', '')).toBe(etag?.replaceAll('"', ''));
    expect(await rejection(readPicture(images, seen))).toMatchObject({ code: 'ImageEncrypted' });
    expect(await lookAtPicture(images, 'encrypted')).toBe('gone');
  });

  it('is no picture where no blob can have its name', async () => {
    const images = await imagesWhere(() => '400 OutOfRangeInput');
    expect(await lookAtPicture(images, 'impossible.jpg')).toBe('gone');
  });

  it('is a blocked document, told before anything is paid and when it is written', async () => {
    const { predictions } = await scoring.containers(async ({ method }) =>
      method === 'HEAD' ? '409 BlobUsesCustomerSpecifiedEncryption' : '409 BlobImmutableDueToPolicy',
    );
    expect(await rejection(findDocument(predictions, 'a.jpg'))).toMatchObject({ code: 'BlobBlocked' });
    const document = { status: 'succeeded', image: {}, results: [], completedAt: '' } as const;
    const mark = { pictureEtag: '0x1', models: 'm', status: 'succeeded' } as const;
    expect(
      await rejection(writeDocument(predictions, 'a.jpg', { ...document, results: [] }, mark, undefined)),
    ).toMatchObject({ code: 'BlobBlocked', message: expect.stringContaining('a.jpg.json') });
  });
});

it.each([
  'Stream drains before getting enough data needed. Data read: 2012, data need: 2022',
  'Data corruption failure: received less data than required and reached maxRetires limitation. Received data offset: 9',
  'The stream ended early: 9 of 10 bytes came.',
])(
  'passes for a download whose connection ended early, which the library tells by its words alone: %s',
  (words) => {
    const cut = new Error(words);
    expect(storageFault(cut, 'Reading')).toMatchObject({ code: 'StorageUnavailable', transient: true });
  },
);
