import type { HttpRequest } from '@azure/functions';

/**
 * The path and query as they were sent, kept by App Service’s front end, which itself decodes them before the host does:
 * https://github.com/Azure/azure-functions-host/pull/9402
 */
const AS_SENT = 'x-waws-unencoded-url';
const ROUTE = /^\/(?:[^?]*?\/)?predictions\/([^?]+)/iu;

/**
 * The name of a picture, decoded once from the address. The host’s parameter does not tell it: there %2F, for a slash,
 * and %252F, which is %2F in the name itself, look the same (https://github.com/dotnet/aspnetcore/issues/11544). Where
 * nobody kept the address, as by `func start`, %2F stands for a slash in a name that has no other.
 */
export function pictureName({ headers, params }: Pick<HttpRequest, 'headers' | 'params'>): string {
  const [, sent] = ROUTE.exec(headers.get(AS_SENT) ?? '') ?? [];
  const { name = '' } = params;
  return (sent && decoded(sent)) ?? (name.includes('/') ? name : name.replaceAll(/%2f/giu, '/'));
}

/** Undefined where an escape is none; the host leaves such a one as it is. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
