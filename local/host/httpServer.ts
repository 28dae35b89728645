import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '../thrown.ts';
import type { Log } from './contract.ts';
import type { Handler } from './httpFunctions.ts';
import { MOST_HEAD_BYTES, readTarget } from './requestTarget.ts';

export type HttpServer = {
  url: string;
  /** Takes no more requests; resolves when the running ones are answered. */
  drain(): Promise<void>;
  /** Ends every connection at once. */
  close(): void;
};

export type HttpServerOptions = {
  port: number;
  /** By the path's beginning, in lower case. */
  builtIn: Readonly<Record<string, Handler>>;
  functions: Handler;
  log: Log;
};

/**
 * Kestrel's, in front of the real host. Node's own 5 s are over before a busy caller has looked:
 * https://learn.microsoft.com/dotnet/api/microsoft.aspnetcore.server.kestrel.core.kestrelserverlimits.keepalivetimeout
 */
const KEEP_ALIVE_MS = 130_000;

export async function startHttpServer({
  port,
  builtIn,
  functions,
  log,
}: HttpServerOptions): Promise<HttpServer> {
  let draining = false;
  const limits = { keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: MOST_HEAD_BYTES };
  const server = createServer(limits, (request, response) => {
    // A kept-alive connection that falls idle while draining would hold the server open.
    response.once('close', () => draining && setImmediate(() => server.closeIdleConnections()));
    // Kestrel says nothing of a connection that it keeps
    response.removeHeader('connection');
    const target = readTarget(request);
    if (typeof target === 'number') {
      response.writeHead(target, { connection: 'close' }).end();
      return;
    }
    const path = target.path.toLowerCase();
    const handler =
      Object.entries(builtIn).find(([beginning]) => path.startsWith(beginning))?.[1] ?? functions;
    handler(request, response, target).catch((error: unknown) => {
      log({
        level: 'error',
        category: 'host',
        message: `${request.method} ${target.path}: ${messageOf(error)}`,
      });
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    drain: () =>
      new Promise((resolve) => {
        draining = true;
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
    close: () => server.closeAllConnections(),
  };
}
