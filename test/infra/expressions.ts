import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';

/**
 * A snapshot leaves open what only Azure knows, as expressions of its templates: `[reference('…').endpoint]`. But for their
 * texts they are JavaScript’s calls, and need no reader of their own; what Azure would answer is made up here.
 * https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
 */
export function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolved(each)]));
  }
  if (typeof value !== 'string' || !value.startsWith('[')) return value;
  const quoted = (_text: string, inside: string) => JSON.stringify(inside.replaceAll("''", "'"));
  return runInNewContext(value.slice(1, -1).replace(/'((?:[^']|'')*)'/gu, quoted), FUNCTIONS);
}

const NAMESPACE = Buffer.from('11fb06fb712d4ddd98c7e71bbd588830', 'hex');

/** As a template’s guid(): a version 5 UUID, the same for the same parts everywhere. */
export function guid(...parts: unknown[]): string {
  const hash = createHash('sha1').update(NAMESPACE).update(parts.join('-')).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}

/** What a resource of any type tells once it is there; that its type has the member asked for, the compiler knows. */
function reference(id: string, _version: string, whole?: 'full'): object {
  const name = id.split('/').at(-1);
  const principalId = `principal of ${id}`;
  const service = (kind: string) => `https://${name}.${kind}.core.windows.net/`;
  const properties = {
    clientId: guid(id, 'client'),
    ConnectionString: `InstrumentationKey=${guid(id)};IngestionEndpoint=https://example.net/`,
    defaultHostName: `${name}.azurewebsites.net`,
    endpoint: id.includes('/Microsoft.EventGrid/topics/')
      ? `https://${name}.westeurope-1.eventgrid.azure.net/api/events`
      : `https://${name}.cognitiveservices.azure.com/`,
    hostName: `${name}.europe.communication.azure.com`,
    mailFromSenderDomain: `${guid(id)}.azurecomm.net`,
    primaryEndpoints: { blob: service('blob'), queue: service('queue'), table: service('table') },
    principalId,
  };
  return whole ? { identity: { principalId }, properties } : properties;
}

const FUNCTIONS = {
  reference,
  guid,
  createArray: (...items: unknown[]) => items,
  createObject: (...parts: unknown[]) =>
    Object.fromEntries(parts.flatMap((part, index) => (index % 2 ? [] : [[part, parts[index + 1]]]))),
  environment: () => ({
    suffixes: { storage: 'core.windows.net' },
    authentication: { loginEndpoint: 'https://login.microsoftonline.com/' },
  }),
  extensionResourceId: (scope: string, type: string, name: string) => `${scope}/providers/${type}/${name}`,
  format: (text: string, ...values: unknown[]) =>
    text.replace(/\{(\d+)\}/gu, (_all, index) => String(values[Number(index)])),
  indexOf: (list: unknown[], sought: unknown) => list.indexOf(sought),
  json: (text: string) => JSON.parse(text),
  listKeys: () => ({ systemKeys: { blobs_extension: '<system key>' } }),
  resourceId: (subscription: string, group: string, type: string, name: string) =>
    `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${name}`,
  string: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
};
