import type { IncomingMessage } from 'node:http';

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
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for await (const chunk of request) at += (chunk as Buffer).copy(bytes, at);
  return { bytes };
}
