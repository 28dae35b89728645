import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readPicture } from '../../src/storage/droppedPicture.ts';
import { readExport } from '../../src/storage/modelBlob.ts';
import { LONGEST_READ_MS } from '../../src/storage/readBlob.ts';
import { readDocumentText } from '../../src/storage/store.ts';
import { rejection } from '../support/secrets.ts';

const CONTENT = Buffer.from('{"of a large picture": true}');

/** Storage that closes the connection in the middle of each answer, or sends no more. */
let server: Server;
let closes = true;
let sent = Promise.withResolvers<void>();
let container: ContainerClient;
beforeAll(async () => {
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': CONTENT.length, etag: '"0x1"' });
    response.write(CONTENT.subarray(0, 10), () => {
      if (closes) response.destroy();
      else sent.resolve();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  container = new ContainerClient(`http://127.0.0.1:${port}/container`);
});
afterAll(() => {
  server?.close();
  server?.closeAllConnections();
});

const downloads = [
  ['a picture', () => readPicture(container, { name: 'a.jpg', etag: '"0x1"', length: CONTENT.length })],
  ['a document', () => readDocumentText(container, 'a.jpg')],
  ['an export', () => readExport(container, 'a.jpg', { etag: '0x1', length: CONTENT.length })],
] as const;
const passing = {
  ...{ code: 'StorageUnavailable', transient: true },
  message: expect.stringContaining('a.jpg'),
};

describe('a download passes', () => {
  it.each(downloads)(
    'whose connection breaks on its way, which the library takes for our wish: %s',
    async (_, read) => {
      closes = true;
      expect(await rejection(read())).toMatchObject(passing);
    },
  );

  it.each(downloads)('that stands still for longer than anybody waits: %s', async (_, read) => {
    closes = false;
    sent = Promise.withResolvers();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const failed = rejection(read());
      await sent.promise;
      vi.advanceTimersByTime(LONGEST_READ_MS);
      expect(await failed).toMatchObject(passing);
    } finally {
      vi.useRealTimers();
    }
  });
});
