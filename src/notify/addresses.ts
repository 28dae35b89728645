import { lookup as lookUp } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What of undici’s connecting fails where a name leads to a private address. */
export const PRIVATE_ADDRESS = 'ERR_PRIVATE_ADDRESS';

/** Of this machine, a private network, or reserved: https://www.iana.org/assignments/iana-ipv4-special-registry and ipv6 */
export function isPrivate(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  return ipaddr.process(address).range() !== 'unicast';
}

/** Of an address in a URL, which needs no looking up; undefined for a name. */
export function literalAddress({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[|\]$/gu, '');
  return ipaddr.isValid(bare) ? bare : undefined;
}

/**
 * Looks a name up for a connection, and refuses it where any of its addresses is private. It is the very answer that is
 * connected to: a name that is looked up again, or leads elsewhere a second later, gets nothing.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const found = [addresses].flat();
    const [first] = found;
    if (!first || found.some(({ address }) => isPrivate(address))) {
      const refusal = new Error(`${hostname} leads to a private address.`);
      return callback(Object.assign(refusal, { code: PRIVATE_ADDRESS }), '', 0);
    }
    if (options.all) return callback(null, found);
    return callback(null, first.address, first.family);
  });
};
