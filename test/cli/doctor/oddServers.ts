import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export type OddServer = { url: string; close(): Promise<void> };

/** A server on this machine that is not what the settings take it for. */
export async function startOddServer(handle: RequestListener): Promise<OddServer> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A training account: the gateway has no prediction there. */
export const startTrainingAccount = (): Promise<OddServer> =>
  startOddServer((request, response) => {
    request.resume();
    response
      .writeHead(404, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: { code: '404', message: 'Resource not found' } }));
  });
