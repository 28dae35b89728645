import type { IncomingMessage, ServerResponse } from 'node:http';
import { readInTurns } from '../../src/pictures/turns.ts';
import { toRpcRequest, writeRpcResponse } from './httpData.ts';
import type { Invoke } from './invoke.ts';
import type { RequestTarget } from './requestTarget.ts';
import type { FindRoute } from './routes.ts';

export type HttpFunctionsOptions = {
  findRoute: FindRoute;
  invoke: Invoke;
  /** Without one no key is asked for, as by `func start` without --enableAuth. */
  functionKey: string | undefined;
  /** Bytes. */
  bodyLimit: number;
};

export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  target: RequestTarget,
) => Promise<void>;

/** Answers the app's own routes: 404, 401 and 413 with nothing in them, 500 with nothing in it when the function throws. */
export function createHttpFunctions(options: HttpFunctionsOptions): Handler {
  const { findRoute, invoke, functionKey, bodyLimit } = options;
  return async (request, response, target) => {
    const found = findRoute(request.method ?? 'GET', target.path);
    if (!found) return end(response, 404);
    const { route, params } = found;
    const key = request.headers['x-functions-key'] ?? target.query.get('code');
    if (route.authLevel !== 'anonymous' && functionKey !== undefined && key !== functionKey)
      return end(response, 401);
    const body = await readBody(request, bodyLimit);
    if (body === 'too large') {
      response.setHeader('connection', 'close');
      return end(response, 413);
    }
    const { target: called, bindingName } = route.function;
    try {
      const http = toRpcRequest(request, target, params, body?.bytes);
      writeRpcResponse(response, await invoke(called, { name: bindingName, data: { http } }));
    } catch {
      end(response, 500); // the invocation has logged why
    }
  };
}

function end(response: ServerResponse, status: number): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.statusCode = status;
  response.end();
}

export type Body = { bytes: Buffer } | 'too large' | undefined;

/**
 * The body, or undefined: like the real host it hands one over only when Content-Length tells its size, so what comes
 * chunked arrives empty.
 * https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script.Grpc/MessageExtensions/GrpcMessageConversionExtensions.cs
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Body> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (!(length > 0)) {
    request.resume();
    return undefined;
  }
  if (length > limit) return 'too large';
  return { bytes: await readInTurns(request, length) };
}
