import type { IncomingMessage } from 'node:http';

/** Where a request goes, as Kestrel reads it and the real host hands it on. */
export type RequestTarget = {
  /** Decoded, but for what stands for a slash. */
  path: string;
  /** With the path encoded again: of an escape nobody can tell any more whether it was sent so. */
  url: string;
  query: URLSearchParams;
  /** As it was sent. */
  sent: string;
};

/** https://learn.microsoft.com/dotnet/api/microsoft.aspnetcore.server.kestrel.core.kestrelserverlimits */
const LONGEST_LINE = 8_192;
const LONGEST_HEADERS = 32_768;
const MOST_HEADERS = 100;

/** What Node’s parser is to let through, so that Kestrel’s limits can be told from one another. */
export const MOST_HEAD_BYTES = LONGEST_LINE + 2 * LONGEST_HEADERS;

/** The target, or the status that Kestrel refuses the request with: 400, 414 or 431. */
export function readTarget({
  method = '',
  url = '',
  rawHeaders,
  headers,
}: IncomingMessage): RequestTarget | number {
  if (`${method} ${url} HTTP/1.1\r\n`.length > LONGEST_LINE) return 414;
  const headerBytes = rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
  if (headerBytes > LONGEST_HEADERS || rawHeaders.length / 2 > MOST_HEADERS) return 431;
  const sent = url.startsWith('/') ? url : afterHost(url);
  if (sent === undefined) return 400;
  const at = sent.indexOf('?');
  const [rawPath, query] = at < 0 ? [sent, ''] : [sent.slice(0, at), sent.slice(at)];
  const path = withoutDots(decodePath(rawPath));
  if (path.includes('\0')) return 400;
  const address = `http://${headers.host ?? '127.0.0.1'}${encodePath(path)}${query}`;
  return URL.canParse(address) ? { path, url: address, query: new URLSearchParams(query), sent } : 400;
}

/** Of an address in full, as proxies are sent it. */
function afterHost(url: string): string | undefined {
  const parsed = URL.parse(url);
  return parsed?.host ? parsed.pathname + parsed.search : undefined;
}

/**
 * Every escape that is UTF-8, once, but for %2F; others stay as they are:
 * https://github.com/dotnet/aspnetcore/issues/30655
 */
const decodePath = (path: string): string =>
  path.replaceAll(/(?:%[0-9a-f]{2})+/giu, (escapes) =>
    escapes
      .split(/(%2f)/iu)
      .map((part, index) => (index % 2 === 1 ? part : decodeEach(part)))
      .join(''),
  );

function decodeEach(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    // one character after the other: four bytes at most
    return escapes.replaceAll(/%[0-7].|%[c-d].%..|%e.%..%..|%f.%..%..%..|%../giu, (character) => {
      try {
        return decodeURIComponent(character);
      } catch {
        return character;
      }
    });
  }
}

/** https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4, of the decoded path, as Kestrel does it. */
function withoutDots(path: string): string {
  if (!/\/\.\.?(?:\/|$)/u.test(path)) return path;
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if ((segment === '.' || segment === '..') && index === segments.length - 1) kept.push('');
  }
  return `/${kept.join('/')}`;
}

/** PathString.ToUriComponent, which takes what looks like an escape for one. */
const encodePath = (path: string): string =>
  path.replaceAll(/%(?![0-9a-f]{2})|[^\w\-.~!$&'()*+,;=:@/%]/giu, (character) =>
    encodeURIComponent(character),
  );
