import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { withoutInterim } from './interim.ts';

/** Sockets stay open between requests; a new one would cost a TLS handshake each. */
const KEEP_ALIVE_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** To one service; more than any published rate needs at once (20/s, some 0.2 s each), the rest queues for a socket. */
const MAX_SOCKETS = 32;

const OPTIONS = { connections: MAX_SOCKETS, keepAliveTimeout: KEEP_ALIVE_MS };

const quiet =
  (connect: buildConnector.connector): buildConnector.connector =>
  (options, callback) =>
    connect(options, (...[error, socket]) =>
      error ? callback(error, null) : callback(null, withoutInterim(socket)),
    );

const dispatchers = new Map<string | LookupFunction | undefined, Dispatcher>();

/** What sends requests, through that proxy, or directly with that lookup of names; one of each for the whole process. */
export function dispatcherThrough(proxy: URL | undefined, lookup?: LookupFunction): Dispatcher {
  const key = proxy?.href ?? lookup;
  const dispatcher = dispatchers.get(key) ?? (proxy ? createProxied(proxy) : createDirect(lookup));
  dispatchers.set(key, dispatcher);
  return dispatcher;
}

const createDirect = (lookup?: LookupFunction): Dispatcher => {
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, ...(lookup && { lookup }) });
  return new Agent({ ...OPTIONS, connect: quiet(connect) });
};

/** Its sockets to services are tunnels, which the library makes. */
const createProxied = (proxy: URL): Dispatcher =>
  new ProxyAgent({
    ...OPTIONS,
    uri: proxy.href,
    factory(origin, options) {
      const { connect, ...others } = options as Pool.Options & { connect: buildConnector.connector };
      return new Pool(origin, { ...others, connect: quiet(connect) });
    },
  });
