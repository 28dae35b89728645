import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  InvocationResponse,
  RpcCookie,
  RpcHttpRequest,
  RpcHttpResponse,
  RpcTypedData,
} from './contract.ts';
import type { RequestTarget } from './requestTarget.ts';

/**
 * Where App Service’s front end, which decodes addresses too, leaves an address as it was sent:
 * https://github.com/dotnet/aspnetcore/issues/40532
 */
const AS_SENT = 'x-waws-unencoded-url';

/** The request as the library wants it: lower-case header names, repeated values joined by commas. */
export function toRpcRequest(
  request: IncomingMessage,
  target: RequestTarget,
  params: Record<string, string>,
  bytes: Buffer | undefined,
): RpcHttpRequest {
  const query = new Map<string, string[]>();
  for (const [name, value] of target.query) query.set(name, [...(query.get(name) ?? []), value]);
  return {
    url: target.url,
    method: request.method ?? 'GET',
    nullableHeaders: {
      ...nullable(
        Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(',')]),
      ),
      [AS_SENT]: { value: target.sent },
    },
    nullableQuery: nullable([...query].map(([name, values]) => [name, values.join(',')])),
    nullableParams: nullable(Object.entries(params)),
    ...(bytes && { body: { bytes } }),
  };
}

function nullable(entries: [string, string][]): Record<string, { value: string }> {
  return Object.fromEntries(entries.map(([name, value]) => [name, { value }]));
}

/** Writes what the function returned; nothing returned is 200 and empty, as the real host answers it. */
export function writeRpcResponse(response: ServerResponse, { returnValue }: InvocationResponse): void {
  const http: RpcHttpResponse = (returnValue?.http as RpcHttpResponse | undefined) ?? {};
  for (const [name, value] of Object.entries(http.headers ?? {})) {
    // The length and framing are the server's to say.
    if (!/^(?:content-length|transfer-encoding|set-cookie)$/i.test(name)) response.setHeader(name, value);
  }
  const cookies = (http.cookies ?? []).map(formatCookie);
  const own = http.headers?.['set-cookie'];
  if (own || cookies.length > 0) response.setHeader('set-cookie', [...(own ? [own] : []), ...cookies]);
  response.statusCode = Number(http.statusCode ?? 200);
  const bytes = bodyBytes(http.body);
  // of HEAD too, whose body goes nowhere
  if (bytes.length > 0) response.setHeader('content-length', bytes.length);
  response.end(bytes);
}

function bodyBytes(body: RpcTypedData | null | undefined): Buffer {
  return body?.bytes ? Buffer.from(body.bytes) : Buffer.from(body?.string ?? body?.json ?? '');
}

/** https://www.rfc-editor.org/rfc/rfc6265#section-4.1 */
function formatCookie(cookie: RpcCookie): string {
  const sameSite = { none: undefined, lax: 'Lax', strict: 'Strict', explicitNone: 'None' }[
    cookie.sameSite ?? 'none'
  ];
  const expires = cookie.expires?.value?.seconds;
  const attributes: [string, string | number | boolean | undefined][] = [
    ['Domain', cookie.domain?.value],
    ['Path', cookie.path?.value],
    ['Expires', expires === undefined ? undefined : new Date(expires * 1000).toUTCString()],
    ['Max-Age', cookie.maxAge?.value],
    ['SameSite', sameSite],
    ['Secure', cookie.secure?.value || undefined],
    ['HttpOnly', cookie.httpOnly?.value || undefined],
  ];
  return [
    `${encodeURIComponent(cookie.name)}=${encodeURIComponent(cookie.value)}`,
    ...attributes
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => (value === true ? name : `${name}=${value}`)),
  ].join('; ');
}
