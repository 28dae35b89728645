import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, createCertificate } from '../../local/certificate.ts';
import { openBlobs, openQueues } from '../../src/storage/clients.ts';
import { lookAtPicture, readPicture } from '../../src/storage/droppedPicture.ts';
import { pictureFault, storageFault } from '../../src/storage/faults.ts';
import { readText } from '../../src/storage/readBlob.ts';
import { rejection } from '../support/secrets.ts';

const credential = () => ({
  getToken: async () => ({ token: 'a.b.c', expiresOnTimestamp: Date.now() + 3_600_000 }),
});
const ONE_TRY = { maxTries: 1, tryTimeoutInMs: 2_000 };
const PICTURE = { name: 'a.jpg', etag: '"0x1"', length: 3 };

const trusted = getCACertificates('default');
let certificate: Certificate;
let portal: Server;
let url: string;
let status = 200;
let images: ContainerClient;
beforeAll(async () => {
  certificate = await createCertificate();
  setDefaultCACertificates([...trusted, certificate.authority]);
  const { certificatePath, keyPath } = certificate;
  portal = createServer(
    { cert: readFileSync(certificatePath), key: readFileSync(keyPath) },
    (request, response) => {
      request.resume();
      const location = status === 302 && { location: 'https://portal.example.com/sign-in' };
      response.writeHead(status, { 'content-type': 'text/html', etag: '"portal"', ...location });
      response.end(request.method === 'HEAD' ? undefined : '<html><body>Please sign in</body></html>');
    },
  ).listen(0, '127.0.0.1');
  await once(portal, 'listening');
  url = `https://127.0.0.1:${(portal.address() as AddressInfo).port}/devstoreaccount1`;
  images = (await openBlobs({ blobServiceUri: url }, credential, ONE_TRY)).getContainerClient('images');
});
afterAll(async () => {
  setDefaultCACertificates(trusted);
  portal.closeAllConnections();
  portal.close();
  await certificate.remove();
});

describe('a captive portal in storage’s place', () => {
  const calls: [string, () => Promise<unknown>][] = [
    ['looking at a picture', () => lookAtPicture(images, 'a.jpg')],
    ['reading a picture', () => readPicture(images, PICTURE)],
    ['reading a document', () => readText(images, 'a.json', 'Reading the document a.json')],
    ['listing', () => images.listBlobsFlat().next()],
    ['writing', () => images.getBlockBlobClient('a').upload('x', 1)],
    ['leasing', () => images.getBlobClient('a').getBlobLeaseClient().acquireLease(30)],
    [
      'looking at a queue',
      async () =>
        (await openQueues({ queueServiceUri: url }, credential, ONE_TRY)).getQueueClient('q').getProperties(),
    ],
  ];

  it.each([200, 302, 404, 403, 409])(
    'answering %i is no storage: nothing is there or gone for its sake, and the fault passes',
    async (each) => {
      status = each;
      for (const [, call] of calls) {
        const error = await rejection(call());
        for (const told of [storageFault, pictureFault]) {
          const fault = told(error, 'Reading a');
          expect(fault).toMatchObject({ code: 'StorageUnavailable', transient: true });
          expect(fault.message).toMatch(new RegExp(`answered HTTP ${each}, but not as storage does`, 'u'));
        }
      }
    },
  );
});
