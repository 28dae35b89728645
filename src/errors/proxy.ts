import type { Entry } from './entry.ts';

/** The proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY name, on the way to a service. */
export const proxy = {
  ProxyRefused: {
    status: 502,
    fault: 'operator',
    transient: false,
    title: 'The proxy does not let the app through',
    cause: 'The proxy that HTTPS_PROXY, ALL_PROXY or HTTP_PROXY name does not open the way to the service.',
    fix: 'Have the proxy allow the host named in the detail, or name that host in NO_PROXY, then restart; npm run keyless -- doctor tells which way each address goes.',
  },
  ProxyUnavailable: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'The proxy has trouble',
    cause:
      'The proxy that HTTPS_PROXY, ALL_PROXY or HTTP_PROXY name does not answer, or does not reach the service itself.',
    fix: 'Try again in a minute. If it stays, compare HTTPS_PROXY with the proxy’s address, or name the host in NO_PROXY; npm run keyless -- doctor tells which way each address goes.',
  },
} as const satisfies Record<string, Entry>;
