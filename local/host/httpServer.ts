import { type LoopbackServer, listenOnLoopback } from '../loopback.ts';
import { messageOf } from '../thrown.ts';
import type { Log } from './contract.ts';
import type { Handler } from './httpFunctions.ts';
import { MOST_HEAD_BYTES, readTarget } from './requestTarget.ts';

export type HttpServerOptions = {
  port: number;
  /** By the path's beginning, in lower case. */
  builtIn: Readonly<Record<string, Handler>>;
  functions: Handler;
  log: Log;
};

export const startHttpServer = ({
  port,
  builtIn,
  functions,
  log,
}: HttpServerOptions): Promise<LoopbackServer> =>
  listenOnLoopback({
    port,
    maxHeaderSize: MOST_HEAD_BYTES,
    async handle(request, response) {
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
      await handler(request, response, target).catch((error: unknown) => {
        const message = `${request.method} ${target.path}: ${messageOf(error)}`;
        log({ level: 'error', category: 'host', message });
        throw error;
      });
    },
    fail: (_, response) => response.writeHead(500).end(),
  });
