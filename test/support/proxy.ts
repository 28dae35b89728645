import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export type TestProxy = {
  url: string;
  host: string;
  /** Where tunnels to a `host:port` lead; to any other none is opened. */
  hosts: Record<string, number>;
  /** `CONNECT host:port`, or `GET http://…` of a request that came in the clear. */
  readonly seen: string[];
  /** All that came in the clear: heads of requests, with their headers. */
  readonly clear: string[];
  /** Instead of 200 to CONNECT. */
  refusal: number | undefined;
  close(): Promise<void>;
};

/** A proxy as companies have them: tunnels by CONNECT, and requests in the clear, which it writes down and refuses. */
export async function startProxy(): Promise<TestProxy> {
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => {}));
  };
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    proxy.seen.push(`${method} ${url}`);
    proxy.clear.push(`${method} ${url} ${JSON.stringify(headers)}`);
    request.resume();
    response.writeHead(418).end();
  });
  server.on('connection', keep);
  server.on('connect', ({ url = '', headers }, socket: Duplex) => {
    proxy.seen.push(`CONNECT ${url}`);
    proxy.clear.push(`CONNECT ${url} ${JSON.stringify(headers)}`);
    const port = proxy.hosts[url];
    const status = proxy.refusal ?? (port === undefined ? 502 : 200);
    if (status !== 200 || port === undefined) {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nno`);
      return;
    }
    const service: Socket = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      service.pipe(socket).pipe(service);
    });
    keep(service);
    service.once('close', () => socket.destroy());
    socket.once('close', () => service.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy: TestProxy = {
    ...{ url: `http://${host}`, host, hosts: {}, seen: [], clear: [], refusal: undefined },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return proxy;
}
