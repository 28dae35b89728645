import { createHash } from 'node:crypto';

/** Where a template is deployed: a subscription, or a resource group of it. */
export type Scope = { subscriptionId: string; group?: string; location: string };
export const TENANT_ID = '11111111-1111-4111-8111-111111111111';

type Value = unknown;
type Callback = (...args: Value[]) => Value;

const digest = (...parts: Value[]) => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** As ARM’s guid() and uniqueString(): stable, 36 and 13 characters; not the same ones as ARM’s. */
export function guid(...parts: Value[]): string {
  const hex = digest(...parts);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function uniqueString(...parts: Value[]): string {
  return BigInt(`0x${digest(...parts).slice(0, 20)}`)
    .toString(32)
    .padStart(16, '0')
    .slice(-13)
    .replace(/[01]/gu, (digit) => (digit === '0' ? 'y' : 'z'));
}

const empty = (value: Value): boolean =>
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

function contains(container: Value, sought: Value): boolean {
  if (typeof container === 'string') return container.includes(String(sought));
  if (Array.isArray(container)) return container.includes(sought);
  return Object.hasOwn(container as object, String(sought));
}

/** The functions of Bicep that the templates use: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions */
const FUNCTIONS: Record<string, (...args: never[]) => Value> = {
  guid,
  uniqueString,
  empty,
  contains,
  toLower: (text: string) => text.toLowerCase(),
  replace: (text: string, from: string, to: string) => text.replaceAll(from, to),
  take: (value: string | Value[], count: number) => value.slice(0, Math.max(0, count)),
  endsWith: (text: string, end: string) => text.toLowerCase().endsWith(end.toLowerCase()),
  split: (text: string, by: string) => text.split(by),
  last: (value: string | Value[]) => value.at(-1),
  string: (value: Value) => (typeof value === 'string' ? value : JSON.stringify(value)),
  union: (...all: Value[]) =>
    Array.isArray(all[0]) ? [...new Set(all.flat())] : Object.assign({}, ...(all as object[])),
  max: (...all: number[]) => Math.max(...all),
  indexOf: (value: string | Value[], sought: never) => value.indexOf(sought),
  mapValues: (object: Record<string, Value>, callback: Callback) =>
    Object.fromEntries(Object.entries(object).map(([key, value]) => [key, callback(value)])),
};

export function callFunction(name: string, args: Value[], scope: Scope): Value {
  const { subscriptionId, group, location } = scope;
  switch (name) {
    case 'subscription':
      return { subscriptionId, id: `/subscriptions/${subscriptionId}` };
    case 'tenant':
      return { tenantId: TENANT_ID };
    case 'resourceGroup':
      if (args.length === 2) return { subscriptionId: args[0], group: args[1], location } as Scope;
      if (group === undefined) throw new Error('resourceGroup() has no meaning for a subscription');
      return { id: `/subscriptions/${subscriptionId}/resourceGroups/${group}`, name: group, location };
    case 'environment':
      return {
        suffixes: { storage: 'core.windows.net' },
        authentication: { loginEndpoint: 'https://login.microsoftonline.com/' },
      };
    case 'subscriptionResourceId':
      return `/subscriptions/${subscriptionId}/providers/${args.join('/')}`;
    case 'listKeys':
      return { systemKeys: { blobs_extension: '<system key>' } };
    default: {
      const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
      if (!known) throw new Error(`The function ${name} is not among those the tests can evaluate.`);
      return known(...(args as never[]));
    }
  }
}
