import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type LoopbackServer, listenOnLoopback } from './loopback.ts';
import { outboxPage } from './targets/outboxPage.ts';
import type { Targets } from './targets/start.ts';
import type { Uploader } from './uploader.ts';

/**
 * Storage for people without a storage client: PUT /images/<name> drops a picture, GET /predictions/<name>.json reads
 * its document, GET /outbox shows what others were told. Only on this machine, in place of Storage Explorer or `az storage blob upload --auth-mode login`.
 */
export const startDesk = (uploader: Uploader, port = 0, targets?: Targets): Promise<LoopbackServer> =>
  listenOnLoopback({
    port,
    async handle(request, response) {
      if (targets && pathOf(request) === '/outbox') {
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(outboxPage(targets));
      } else await answer(uploader, request, response);
    },
    fail: (error, response) => say(response, 500, String(error)),
  });

async function answer(uploader: Uploader, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, room, name] = /^\/(images|predictions)\/(.+)$/u.exec(pathOf(request)) ?? [];
  if (request.method === 'PUT' && room === 'images' && name) {
    await uploader.drop(name, await buffer(request));
    return say(response, 201, `${name} dropped; its document will be /predictions/${name}.json`);
  }
  if (request.method === 'GET' && room === 'predictions' && name?.endsWith('.json')) {
    const document = await uploader.document(name.slice(0, -'.json'.length));
    return document === undefined
      ? say(response, 404, `No document ${name} yet`)
      : say(response, 200, document.trimEnd());
  }
  return say(
    response,
    404,
    'PUT /images/<name> drops a picture, GET /predictions/<name>.json reads its document',
  );
}

function pathOf(request: IncomingMessage): string {
  try {
    return decodeURIComponent((request.url ?? '/').split('?', 1)[0] ?? '/');
  } catch {
    return '/'; // a malformed escape names nothing
  }
}

function say(response: ServerResponse, status: number, text: string): void {
  const type = text.startsWith('{') ? 'application/json' : 'text/plain';
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(`${text}\n`);
}
