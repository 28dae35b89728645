import type { Entry } from './entry.ts';

/** Tokens going out. */
export const identity = {
  IdentityUnavailable: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'No identity here',
    cause:
      'There is no managed identity endpoint and no developer is signed in, so no token can be asked for.',
    fix: 'In Azure: az functionapp identity assign --name <app> --resource-group <group>. On your machine: az login.',
  },
  IdentityRefused: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The identity was refused',
    cause:
      'The managed identity endpoint answered, but has no such identity on this resource, or gave a token that is expired already.',
    fix: 'Compare MANAGED_IDENTITY_CLIENT_ID, _RESOURCE_ID or _OBJECT_ID with: az functionapp identity show --name <app> --resource-group <group>. None set means the system-assigned identity.',
  },
  IdentityEndpointFailing: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'The managed identity endpoint gives no token for now',
    cause:
      'The endpoint timed out, closed the connection, answered with a server error or HTTP 429, or with something that is no token, such as a page of a proxy.',
    fix: 'Try again in a minute. If it stays, restart the app; the platform then renews its identity endpoint.',
  },
} as const satisfies Record<string, Entry>;
