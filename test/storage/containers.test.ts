import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openContainers } from '../../src/storage/containers.ts';
import { storageFault } from '../../src/storage/faults.ts';
import { environment, settingsOf } from '../settings/environment.ts';
import { expectNoToken, rejection } from '../support/secrets.ts';

const noCredential = () => {
  throw new Error('No credential was expected to be asked for.');
};

describe('the containers', () => {
  it('are those of the settings, on the account of the settings, with the shared credential', async () => {
    const own = environment({ IMAGES_CONTAINER: 'fotos', PREDICTIONS_CONTAINER: 'answers' });
    let asked = 0;
    const credential = () => {
      asked += 1;
      return { getToken: async () => null };
    };
    const { images, predictions, claims } = await openContainers(settingsOf(own), credential);
    expect(images.url).toBe('https://orchard.blob.core.windows.net/fotos');
    expect(predictions.url).toBe('https://orchard.blob.core.windows.net/answers');
    expect(claims.url).toBe('https://orchard.blob.core.windows.net/answers-claims');
    expect(asked).toBe(1);
  });

  it('are the emulator’s, without any credential, by its connection string', async () => {
    const settings = settingsOf(environment({ ImageStorage: 'UseDevelopmentStorage=true' }));
    const { images } = await openContainers(settings, noCredential);
    expect(images.url).toBe('http://127.0.0.1:10000/devstoreaccount1/images');
  });
});

describe('a storage call that fails', () => {
  let server: Server;
  let status = 0;
  let container: ContainerClient;
  beforeAll(async () => {
    server = createServer((_, response) =>
      response.writeHead(status, { 'x-ms-error-code': 'SomethingWrong', 'content-length': 0 }).end(),
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
  const failure = () => rejection(container.getBlobClient('a.jpg').getProperties());

  it.each([
    [401, 'StorageRefused'],
    [403, 'StorageRefused'],
    [409, 'StorageUnavailable'],
    [500, 'StorageUnavailable'],
    [503, 'StorageUnavailable'],
  ])('with %i is %s, naming the call and the service’s code', async (given, code) => {
    status = given;
    const error = storageFault(await failure(), 'Reading the picture a.jpg');
    expect(error).toMatchObject({
      code,
      message: `Reading the picture a.jpg: storage answered ${given} SomethingWrong.`,
    });
    expectNoToken(error);
  });

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

  it.each([
    ['an error of ours', new TypeError('x is not a function')],
    ['a word', 'odd'],
    ['null', null],
    ['nothing', undefined],
  ])('with %s is Unexpected', (_, thrown) => {
    expect(storageFault(thrown, 'Writing')).toMatchObject({ code: 'Unexpected' });
  });
});
