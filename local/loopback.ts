import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** Longer than any pause between two pictures, so that what a client opens anew is the client's own doing. */
const KEEP_ALIVE_MS = 60_000;

export type LoopbackServer = {
  /** `http://127.0.0.1:<port>`, or https */
  origin: string;
  port: number;
  /** TCP connections opened so far. */
  readonly connections: number;
  /** The number of a request's connection, counted from 1. */
  connectionOf(request: IncomingMessage): number;
  /** Ends every connection, also those with an unanswered request. */
  close(): Promise<void>;
};

export type LoopbackOptions = {
  /** 0, the default: any free port. */
  port?: number;
  /** With them it serves HTTPS. */
  tls?: { cert: Buffer; key: Buffer };
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Words the answer to a failure that `handle` did not foresee. */
  fail(error: unknown, response: ServerResponse): void;
};

/** Serves HTTP, or HTTPS, on this machine alone. Rejects when the port is taken. */
export async function listenOnLoopback(options: LoopbackOptions): Promise<LoopbackServer> {
  const numbers = new WeakMap<Socket, number>();
  let connections = 0;
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    options.handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else if (!response.destroyed) options.fail(error, response);
    });
  };
  const server = options.tls
    ? createSecureServer({ ...options.tls, keepAliveTimeout: KEEP_ALIVE_MS }, listener)
    : createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener);
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    connections += 1;
    numbers.set(socket, connections);
  });

  const wanted = options.port ?? 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new Error(`Cannot listen on 127.0.0.1:${wanted}. Stop what listens there, or ask for port 0.`, {
          cause,
        }),
      ),
    );
    server.listen(wanted, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    origin: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    get connections() {
      return connections;
    },
    connectionOf: (request) => numbers.get(request.socket) ?? 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const json = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': json.length,
    ...headers,
  });
  response.end(json);
}
