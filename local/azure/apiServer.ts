import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Certificate } from '../certificate.ts';
import { type Faults, injectFault } from '../faults.ts';
import { answerJson, type LoopbackServer, listenOnLoopback } from '../loopback.ts';
import { type ApiAnswer, ApiError, type ApiRequest, type LoggedRequest } from './api.ts';
import type { BearerCheck, TokenFault } from './bearer.ts';

export type ApiServerOptions = {
  name: LoggedRequest['server'];
  certificate: Certificate;
  check: BearerCheck;
  faults: Faults;
  log: LoggedRequest[];
  answer(request: ApiRequest): ApiAnswer;
  refuseToken(fault: TokenFault): ApiError;
  /** The body that goes with a status which a test asked for. */
  wordFault(status: number): unknown;
  badBody(cause: unknown): ApiError;
};

/** Far more than any resource weighs. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** An HTTPS server on this machine alone that takes bearer tokens; the SDKs send none over plain HTTP. */
export async function startApiServer(options: ApiServerOptions): Promise<LoopbackServer> {
  const { certificate, faults } = options;
  const [cert, key] = await Promise.all([
    readFile(certificate.certificatePath),
    readFile(certificate.keyPath),
  ]);

  async function handle(request: IncomingMessage, response: ServerResponse) {
    // The SDKs put a slash before ids that begin with one, and `new URL` would take what follows for a host.
    const url = new URL(server.origin + (request.url ?? '/').replace(/^\/+/, '/'));
    const apiVersion = url.searchParams.get('api-version');
    const entry: LoggedRequest = {
      server: options.name,
      method: request.method ?? 'GET',
      path: decoded(url.pathname),
      ...(apiVersion === null ? {} : { apiVersion }),
      status: 'pending',
      at: Date.now(),
    };
    options.log.push(entry);
    const text = await bodyOf(request);
    const shown = await injectFault(faults, response, options.wordFault);
    if (shown) {
      entry.status = shown;
      return;
    }
    const { status, body, headers } = await answerOrRefusal(request, entry, url.searchParams, text);
    entry.status = status;
    if (body === undefined || entry.method === 'HEAD') response.writeHead(status, headers).end();
    else answerJson(response, status, body, headers);
  }

  async function answerOrRefusal(
    request: IncomingMessage,
    { method, path }: LoggedRequest,
    query: URLSearchParams,
    text: string,
  ): Promise<ApiAnswer> {
    try {
      const caller = await options.check(request.headers.authorization);
      if ('kind' in caller) throw options.refuseToken(caller);
      const body = parsed(text);
      return options.answer({
        method,
        path,
        query,
        headers: request.headers,
        body,
        origin: server.origin,
        caller,
      });
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
  }

  function parsed(text: string): unknown {
    if (text === '') return undefined;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw options.badBody(cause);
    }
  }

  const server = await listenOnLoopback({
    tls: { cert, key },
    handle,
    fail: (error, response) =>
      answerJson(response, 500, options.wordFault(500), { 'x-local-failure': headerText(error) }),
  });
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** A path that is no proper percent-encoding stays as it is: nothing will match it. */
function decoded(pathname: string): string {
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, '') : pathname;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const headerText = (error: unknown) =>
  String(error)
    .replace(/[^\x20-\x7e]/g, ' ')
    .slice(0, 500);
