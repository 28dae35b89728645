import { randomUUID } from 'node:crypto';
import { armError, invalidContent } from './armError.ts';
import type { ArmPath } from './armPath.ts';
import type { SpelledType } from './providers.ts';
import type { ArmResource } from './resource.ts';

/** The resource that a PUT or PATCH asks for, its identity aside. Throws ARM's 400. */
export function resourceAsked(
  method: 'PUT' | 'PATCH',
  at: ArmPath,
  spelled: SpelledType,
  current: ArmResource | undefined,
  body: unknown,
): ArmResource {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidContent('The request body must be a JSON object');
  }
  const { id: _, name: _name, type: _type, identity: _identity, systemData: _data, ...asked } = Object(body);
  if (method === 'PATCH' && current) {
    const { tags, ...rest } = asked;
    const { properties, ...members } = mergePatch({ ...current }, rest) as ArmResource;
    const merged = { ...members, properties: withoutState(properties) };
    // Tags are replaced as a whole: https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
    return tags === undefined ? merged : { ...merged, tags: tags ?? {} };
  }
  if (!spelled.known.proxy && asked.location === undefined && !current) {
    throw armError(400, 'LocationRequired', 'The location property is required for this definition.');
  }
  const location = asked.location ?? current?.location;
  return {
    ...asked,
    id: current?.id ?? at.path,
    name: current?.name ?? at.names.at(-1) ?? '',
    type: spelled.type,
    ...(location === undefined ? {} : { location }),
    properties: withoutState(asked.properties),
  };
}

const withoutState = ({ provisioningState: _, ...properties }: Record<string, unknown> = {}) => properties;

/** Members that the resource provider itself makes: endpoints, and the ids of a user-assigned identity. */
export function withOwnProperties(
  resource: ArmResource,
  tenantId: string,
  current: ArmResource | undefined,
  known: { objectId: string; clientId: string } | undefined,
): ArmResource {
  const own: Record<string, unknown> = { ...ENDPOINTS[resource.type]?.(resource) };
  if (resource.type === USER_ASSIGNED_TYPE) {
    const { principalId, clientId } = current?.properties ?? {};
    Object.assign(own, {
      tenantId,
      principalId: principalId ?? known?.objectId ?? randomUUID(),
      clientId: clientId ?? known?.clientId ?? randomUUID(),
    });
  } else if (resource.type !== SETTINGS_TYPE) {
    own.provisioningState = 'Succeeded';
  }
  return { ...resource, properties: { ...own, ...resource.properties } };
}

/** Its properties are the app's settings, and nothing else. */
const SETTINGS_TYPE = 'Microsoft.Web/sites/config';

export const USER_ASSIGNED_TYPE = 'Microsoft.ManagedIdentity/userAssignedIdentities';

/** A resource as a GET shows it. A webhook's url holds a key, so only its beginning is shown:
 * https://learn.microsoft.com/rest/api/eventgrid/controlplane/system-topic-event-subscriptions/get-full-url */
export function shownResource(resource: ArmResource): ArmResource {
  const destination = Object(resource.properties.destination);
  const { endpointUrl, ...rest } = Object(destination.properties);
  if (typeof endpointUrl !== 'string') return resource;
  const properties = { ...rest, endpointBaseUrl: endpointUrl.split('?', 1)[0] };
  return {
    ...resource,
    properties: { ...resource.properties, destination: { ...destination, properties } },
  };
}

const ENDPOINTS: Record<string, (resource: ArmResource) => Record<string, unknown>> = {
  'Microsoft.CognitiveServices/accounts': ({ location, properties: { customSubDomainName } }) => ({
    endpoint: customSubDomainName
      ? `https://${customSubDomainName}.cognitiveservices.azure.com/`
      : `https://${location}.api.cognitive.microsoft.com/`,
  }),
  'Microsoft.Storage/storageAccounts': ({ name }) => ({
    primaryEndpoints: Object.fromEntries(
      ['blob', 'queue', 'table', 'file'].map((part) => [part, `https://${name}.${part}.core.windows.net/`]),
    ),
  }),
  'Microsoft.Web/sites': ({ name }) => ({
    defaultHostName: `${name.toLowerCase()}.azurewebsites.net`,
    hostNames: [`${name.toLowerCase()}.azurewebsites.net`],
    state: 'Running',
    enabled: true,
  }),
  'Microsoft.Communication/communicationServices': ({ name }) => ({
    hostName: `${name.toLowerCase()}.communication.azure.com`,
  }),
};

/** RFC 7396: members given replace, objects merge, null removes: https://www.rfc-editor.org/rfc/rfc7396 */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [member, value] of Object.entries(patch)) {
    if (value === null) delete merged[member];
    else merged[member] = mergePatch(merged[member], value);
  }
  return merged;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
