import { guid } from './functions.ts';

type Known = { name: string; id: string; properties?: Record<string, unknown> };

/** What a resource tells once it is there, by type: as Azure would answer, made up where Azure draws lots. */
const RUNTIME: Record<string, (resource: Known) => object> = {
  'Microsoft.Storage/storageAccounts': ({ name }) => ({
    properties: {
      primaryEndpoints: {
        blob: `https://${name}.blob.core.windows.net/`,
        queue: `https://${name}.queue.core.windows.net/`,
        table: `https://${name}.table.core.windows.net/`,
      },
    },
  }),
  'Microsoft.ManagedIdentity/userAssignedIdentities': ({ id }) => ({
    properties: { clientId: guid(id, 'client'), principalId: guid(id, 'principal') },
  }),
  'Microsoft.Web/sites': ({ name, id }) => ({
    identity: { principalId: guid(id, 'principal') },
    properties: { defaultHostName: `${name}.azurewebsites.net` },
  }),
  'Microsoft.EventGrid/systemTopics': ({ id }) => ({ identity: { principalId: guid(id, 'principal') } }),
  'Microsoft.CognitiveServices/accounts': ({ name, properties }) => ({
    properties: {
      // without a custom subdomain the endpoint is the region’s
      endpoint:
        properties && !properties.customSubDomainName
          ? 'https://westeurope.api.cognitive.microsoft.com/'
          : `https://${properties?.customSubDomainName ?? name}.cognitiveservices.azure.com/`,
    },
  }),
  'Microsoft.Insights/components': ({ id }) => ({
    properties: { ConnectionString: `InstrumentationKey=${guid(id)};IngestionEndpoint=https://example.net/` },
  }),
  'Microsoft.Communication/communicationServices': ({ name }) => ({
    properties: { hostName: `${name}.europe.communication.azure.com` },
  }),
  'Microsoft.Communication/emailServices/domains': ({ id }) => ({
    properties: { mailFromSenderDomain: `${guid(id)}.azurecomm.net` },
  }),
  'Microsoft.Network/virtualNetworks': ({ id, properties }) => ({
    properties: {
      subnets: ((properties?.subnets ?? []) as { name: string }[]).map((subnet) => ({
        ...subnet,
        id: `${id}/subnets/${subnet.name}`,
      })),
    },
  }),
  'Microsoft.Graph/applications': ({ id }) => ({ appId: guid(id, 'app'), id: guid(id, 'object') }),
  'Microsoft.Graph/servicePrincipals': ({ id }) => ({ id: guid(id, 'object') }),
};

/** The resource as it answers: what was asked for, and what Azure adds. */
export function answering(type: string, resource: Known): Record<string, unknown> {
  const added = RUNTIME[type]?.(resource) as Record<string, unknown> | undefined;
  return merged({ ...resource }, added ?? {});
}

function merged(into: Record<string, unknown>, from: Record<string, unknown>): Record<string, unknown> {
  for (const [key, value] of Object.entries(from)) {
    const there = into[key];
    const both = isRecord(there) && isRecord(value);
    into[key] = both ? merged({ ...there }, value) : value;
  }
  return into;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
