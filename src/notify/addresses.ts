import { lookup as lookUp } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What of undici’s connecting fails where a name leads to a private address. */
export const PRIVATE_ADDRESS = 'ERR_PRIVATE_ADDRESS';

/** All that is given to anybody: https://www.iana.org/assignments/ipv6-address-space */
const GIVEN_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');
/** Public by its number: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16 */
const PLATFORM_OF_AZURE = '168.63.129.16';

/** Of this machine, a private network, or reserved: https://www.iana.org/assignments/iana-ipv4-special-registry and ipv6 */
export function isPrivate(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast' || parsed.toString() === PLATFORM_OF_AZURE) return true;
  return parsed instanceof ipaddr.IPv6 && !parsed.match(GIVEN_IPV6);
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
