import { BlockList, isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { KeylessError } from '../errors/errors.ts';
import { describe, type Problem, type Problems } from './problem.ts';

/** The proxy that the way to an address leads through; undefined where it leads through none. */
export type Ways = (address: URL) => URL | undefined;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in either letter case, as undici and the Azure libraries read them:
 * whatever these say, no way to this machine or to the identity endpoint leads through a proxy, which would be shown
 * the endpoint’s secret header, and cannot reach either.
 */
export function readWays(environment: Environment, problem: Problems): Ways {
  const get = (name: string) => environment[name.toLowerCase()]?.trim() || environment[name]?.trim();
  const proxyOf = (...names: string[]): URL | undefined => {
    const name = names.find(get);
    return name === undefined ? undefined : readProxy(name, get(name) ?? '', problem);
  };
  const https = proxyOf('HTTPS_PROXY', 'ALL_PROXY', 'HTTP_PROXY');
  const http = proxyOf('HTTP_PROXY', 'ALL_PROXY');
  if (!https && !http) return () => undefined;
  const excepted = exceptions(get('NO_PROXY') ?? '');
  const isHere = ownAddresses();
  const identity = URL.parse(get('IDENTITY_ENDPOINT') ?? '')?.host;
  return (address) =>
    address.host === identity || isHere(address) || excepted(address)
      ? undefined
      : address.protocol === 'https:'
        ? https
        : http;
}

/** The ways out of this process. Throws SettingsInvalid where a proxy’s address cannot be read. */
export function waysOut(environment: Environment = process.env): Ways {
  const problems: Problem[] = [];
  const ways = readWays(environment, (found) => problems.push(found));
  if (problems.length === 0) return ways;
  throw new KeylessError('SettingsInvalid', problems.map(describe).join(' · '));
}

/** What stands there is not shown: it may hold a password. */
function readProxy(setting: string, text: string, problem: Problems): URL | undefined {
  const url = URL.parse(text);
  if (url && /^https?:$/u.test(url.protocol) && isDecodable(url.username + url.password)) return url;
  problem({
    setting,
    expected:
      'the address of an HTTP proxy with its scheme in front, such as http://proxy.example.com:8080 (no SOCKS; in a password % is written %25)',
  });
  return undefined;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** Names, with all that is below them, and addresses, each with or without a port; `*` is everything. */
function exceptions(text: string): (address: URL) => boolean {
  const entries = text
    .toLowerCase()
    .split(/[\s,]+/u)
    .filter(Boolean)
    .map((entry) => {
      const [, name = entry, port] = /^([^:]+|\[.+\]):(\d+)$/u.exec(entry) ?? [];
      return { name: isIP(name) === 6 ? `[${name}]` : name.replace(/^\*?\./u, ''), port };
    });
  return (address) => {
    const port = address.port || DEFAULT_PORTS[address.protocol];
    return entries.some(
      (entry) =>
        (entry.port === undefined || entry.port === port) &&
        (entry.name === '*' || `.${address.hostname}`.endsWith(`.${entry.name}`)),
    );
  };
}

/** This machine by loopback, by its own addresses and name; and what is on its link alone, as IMDS (169.254.169.254) is. */
function ownAddresses(): (address: URL) => boolean {
  const own = new BlockList();
  own.addSubnet('127.0.0.0', 8);
  own.addSubnet('169.254.0.0', 16);
  own.addAddress('0.0.0.0');
  own.addAddress('::', 'ipv6');
  own.addAddress('::1', 'ipv6');
  own.addSubnet('fe80::', 10, 'ipv6');
  for (const { address } of Object.values(networkInterfaces()).flatMap((each) => each ?? []))
    own.addAddress(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  const names = ['localhost', hostname().toLowerCase()];
  return ({ hostname: host }) => {
    const bare = host.replace(/^\[|\]$|\.$/gu, '');
    const version = isIP(bare);
    if (version !== 0) return own.check(bare, version === 6 ? 'ipv6' : 'ipv4');
    return names.includes(bare) || bare.endsWith('.localhost');
  };
}
