import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as send } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Certificate } from '../../local/certificate.ts';

/** A local server that speaks HTTP, over HTTPS under a name of its own, which its answers carry in place of its address. */
export async function startTlsFront(
  url: string,
  name: string,
  { certificatePath, keyPath }: Certificate,
): Promise<{ port: number; close(): Promise<void> }> {
  const { port } = new URL(url);
  const tls = { cert: readFileSync(certificatePath), key: readFileSync(keyPath) };
  const server = createServer(tls, (request, response) => {
    const { method, url: path, headers } = request;
    const onward = send({ host: '127.0.0.1', port, method, path, headers }, async (answer) => {
      const body = (await text(answer)).replaceAll(new URL(url).origin, `https://${name}`);
      const { 'content-length': _, ...others } = answer.headers;
      response.writeHead(answer.statusCode ?? 500, { ...others, 'content-length': Buffer.byteLength(body) });
      response.end(body);
    });
    onward.once('error', () => response.destroy());
    request.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
