import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Kestrel's. Longer than any pause between two pictures, so that what a client opens anew is the client's own doing;
 * Node's own 5 s are over before a busy caller has looked:
 * https://learn.microsoft.com/dotnet/api/microsoft.aspnetcore.server.kestrel.core.kestrelserverlimits.keepalivetimeout
 */
const KEEP_ALIVE_MS = 130_000;
/** As long as Kestrel reads on what a client sends that has its answer already. */
const LINGER_MS = 5_000;

export type LoopbackServer = {
  /** `http://127.0.0.1:<port>`, or https */
  origin: string;
  port: number;
  /** TCP connections opened so far. */
  readonly connections: number;
  /** The number of a request's connection, counted from 1. */
  connectionOf(request: IncomingMessage): number;
  /** Takes no more requests; resolves when the running ones are answered. */
  drain(): Promise<void>;
  /** Ends every connection, also those with an unanswered request. */
  close(): Promise<void>;
};

export type LoopbackOptions = {
  /** 0, the default: any free port. */
  port?: number;
  /** With them it serves HTTPS. */
  tls?: { cert: Buffer; key: Buffer };
  /** Bytes; 16 KB unless said. */
  maxHeaderSize?: number;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Words the answer to a failure that `handle` did not foresee. */
  fail(error: unknown, response: ServerResponse): void;
};

/** Serves HTTP, or HTTPS, on this machine alone. Rejects when the port is taken. */
export async function listenOnLoopback(options: LoopbackOptions): Promise<LoopbackServer> {
  const numbers = new WeakMap<Socket, number>();
  let connections = 0;
  let draining = false;
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    // a kept-alive connection that falls idle while draining would hold the server open
    response.once('close', () => draining && setImmediate(() => server.closeIdleConnections()));
    options.handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else if (!response.destroyed) options.fail(error, response);
    });
  };
  const limits = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    ...(options.maxHeaderSize && { maxHeaderSize: options.maxHeaderSize }),
  };
  const server = options.tls
    ? createSecureServer({ ...limits, ...options.tls }, listener)
    : createServer(limits, listener);
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    connections += 1;
    numbers.set(socket, connections);
    linger(socket);
  });
  server.on('clientError', refuseUnread);

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
    drain: () =>
      new Promise((resolve) => {
        draining = true;
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Node ends a connection right after its last answer; what its client still sends then resets it, and the answer is lost. */
function linger(socket: Socket): void {
  socket.destroySoon = () => {
    socket.end();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
  };
}

/** What is no HTTP: Node, too, answers 400 or 431, and resets the connection at once. */
function refuseUnread({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy();
  const status = code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.write(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
  // the parser, which reads no further, makes room for what reads and forgets
  socket.removeAllListeners('data').on('data', () => undefined);
  (socket as Socket).destroySoon();
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
