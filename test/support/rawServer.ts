import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

type Piece = string | Buffer | null;

export type RawServer = {
  url: string;
  /** What goes over the socket for the next requests, one each; the last stays. Pieces go by themselves, some ms apart; null closes. */
  answers: (Piece | readonly Piece[])[];
  /** Requests that came, each by its first line. */
  readonly requests: string[];
  readonly connections: number;
  close(): Promise<void>;
};

const HEAD_END = '\r\n\r\n';

/** A server that writes what no HTTP library would, once it has a request whole. */
export async function startRawServer(): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => {}));
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf(HEAD_END);
      const head = received.toString('latin1', 0, Math.max(end, 0));
      const length = end + HEAD_END.length + Number(/content-length: (\d+)/iu.exec(head)?.[1] ?? 0);
      if (end === -1 || received.length < length) return;
      received = received.subarray(length);
      requests.push(head.split('\r\n', 1)[0] ?? '');
      const answer = raw.answers.length > 1 ? raw.answers.shift() : raw.answers[0];
      void send(socket, [answer ?? ''].flat() as Piece[]);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const raw: RawServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers: [],
    requests,
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return raw;
}

async function send(socket: Socket, pieces: readonly Piece[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    if (piece === null) socket.end();
    else socket.write(piece);
    if (pieces.length > 1) await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

/** An answer whose length and type are told; `headers` are lines. */
export function answered(
  status: number,
  body: string | Buffer = '',
  headers: readonly string[] = [],
): Buffer {
  const bytes = Buffer.from(body);
  const lines = [`HTTP/1.1 ${status} Status`, `Content-Length: ${bytes.length}`, ...headers];
  const type = headers.some((line) => /^content-type/iu.test(line)) ? [] : ['Content-Type: application/json'];
  return Buffer.concat([Buffer.from([...lines, ...type, '', ''].join('\r\n')), bytes]);
}
