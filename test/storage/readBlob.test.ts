import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPicture } from '../../src/storage/droppedPicture.ts';
import { readExport } from '../../src/storage/modelBlob.ts';
import { readDocumentText } from '../../src/storage/store.ts';
import { rejection } from '../support/secrets.ts';

const CONTENT = Buffer.from('{"of a large picture": true}');

/** Storage that closes the connection in the middle of each answer. */
let server: Server;
let container: ContainerClient;
beforeAll(async () => {
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': CONTENT.length, etag: '"0x1"' });
    response.write(CONTENT.subarray(0, 10), () => response.destroy());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  container = new ContainerClient(`http://127.0.0.1:${port}/container`);
});
afterAll(() => void server?.close());

describe('a download whose connection breaks on its way passes, which the library takes for our own wish', () => {
  it.each([
    ['a picture', () => readPicture(container, { name: 'a.jpg', etag: '"0x1"', length: CONTENT.length })],
    ['a document', () => readDocumentText(container, 'a.jpg')],
    ['an export', () => readExport(container, 'a.jpg', { etag: '0x1', length: CONTENT.length })],
  ])('%s', async (_, read) => {
    expect(await rejection(read())).toMatchObject({
      ...{ code: 'StorageUnavailable', transient: true },
      message: expect.stringContaining('a.jpg'),
    });
  });
});
