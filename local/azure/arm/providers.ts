/** A resource type as far as this machine knows it; of its versions some, newest first: https://learn.microsoft.com/azure/templates */
export type ResourceType = {
  versions: readonly string[];
  /** How the type spells both kinds of identity together; absent: it takes none. */
  identity?: 'SystemAssigned, UserAssigned' | 'SystemAssigned,UserAssigned';
  /** Writes and deletes answer before they are done. */
  longRunning?: true;
  /** Of one whose writes take time. */
  patchedAtOnce?: boolean;
  /** Has no location of its own, and so is in no list of all resources. */
  proxy?: true;
};

/** A type as ARM spells it, with what is known of it. */
export type SpelledType = { type: string; known: ResourceType };

const SPACED = 'SystemAssigned, UserAssigned';
const COMPACT = 'SystemAssigned,UserAssigned';
const WEB = [
  '2025-05-01',
  '2025-03-01',
  '2024-11-01',
  '2024-04-01',
  '2023-12-01',
  '2023-01-01',
  '2022-09-01',
];
const STORAGE = [
  '2026-04-01',
  '2025-06-01',
  '2025-01-01',
  '2024-01-01',
  '2023-05-01',
  '2023-01-01',
  '2022-09-01',
];
const EVENT_GRID = ['2025-02-15', '2022-06-15', '2021-12-01'];
const COMMUNICATION = ['2026-03-18', '2025-09-01', '2025-05-01', '2023-04-01'];
const COGNITIVE = ['2026-07-01', '2025-06-01', '2024-10-01', '2023-05-01', '2021-10-01'];
const NETWORK = ['2025-09-01', '2025-01-01', '2024-05-01', '2023-11-01'];
const child = (versions: readonly string[]): ResourceType => ({ versions, proxy: true });

const TYPES: Record<string, Record<string, ResourceType>> = {
  'Microsoft.Web': {
    sites: { versions: WEB, identity: SPACED },
    serverfarms: { versions: WEB },
    'sites/config': child(WEB),
    'sites/functions': child(WEB),
    'sites/host': child(WEB),
    'sites/slots': { versions: WEB, identity: SPACED },
  },
  'Microsoft.Storage': {
    storageAccounts: { versions: STORAGE, identity: COMPACT },
    'storageAccounts/blobServices': child(STORAGE),
    'storageAccounts/blobServices/containers': child(STORAGE),
    'storageAccounts/queueServices': child(STORAGE),
    'storageAccounts/queueServices/queues': child(STORAGE),
  },
  'Microsoft.ManagedIdentity': {
    userAssignedIdentities: { versions: ['2024-11-30', '2023-01-31', '2018-11-30'] },
    'userAssignedIdentities/federatedIdentityCredentials': child(['2024-11-30', '2023-01-31']),
  },
  'Microsoft.CognitiveServices': {
    accounts: { versions: COGNITIVE, identity: SPACED },
  },
  'Microsoft.EventGrid': {
    systemTopics: { versions: EVENT_GRID, identity: SPACED, longRunning: true },
    'systemTopics/eventSubscriptions': { versions: EVENT_GRID, longRunning: true, proxy: true },
    topics: { versions: EVENT_GRID, identity: SPACED },
    eventSubscriptions: { versions: EVENT_GRID, longRunning: true, proxy: true },
  },
  'Microsoft.Communication': {
    communicationServices: {
      ...{ versions: COMMUNICATION, identity: COMPACT },
      // its PATCH answers at once: @azure/arm-communication takes nothing but 200
      ...{ longRunning: true, patchedAtOnce: true },
    },
    'communicationServices/smtpUsernames': child(COMMUNICATION),
    emailServices: { versions: COMMUNICATION },
    'emailServices/domains': { versions: COMMUNICATION },
    'emailServices/domains/senderUsernames': child(COMMUNICATION),
  },
  'Microsoft.Authorization': {
    roleAssignments: child(['2022-04-01', '2020-08-01-preview', '2015-07-01']),
    roleDefinitions: child(['2022-04-01', '2018-01-01-preview', '2015-07-01']),
  },
  'Microsoft.Insights': {
    components: { versions: ['2020-02-02', '2015-05-01'] },
    metricAlerts: { versions: ['2026-01-01', '2018-03-01'] },
  },
  'Microsoft.OperationalInsights': {
    workspaces: { versions: ['2026-03-01', '2025-02-01', '2023-09-01'], identity: SPACED },
  },
  'Microsoft.Compute': {
    virtualMachines: { versions: ['2025-04-01', '2024-11-01', '2024-07-01'], identity: SPACED },
  },
  'Microsoft.App': {
    containerApps: { versions: ['2025-07-01', '2025-01-01', '2024-03-01'], identity: SPACED },
  },
  'Microsoft.Logic': {
    workflows: { versions: ['2019-05-01', '2016-06-01'], identity: SPACED },
  },
  'Microsoft.Network': {
    virtualNetworks: { versions: NETWORK },
    privateEndpoints: { versions: NETWORK },
    privateDnsZones: { versions: ['2024-06-01', '2020-06-01'] },
  },
};

export const LOCATIONS = ['West Europe', 'North Europe', 'East US'];

export const namespaces = () => Object.keys(TYPES);

/** The namespace as ARM spells it. */
export const namespaceNamed = (name: string) => spelled(TYPES, name)?.[0];

/** The type as ARM spells it, and what is known of it. */
export function typeNamed(namespace: string, types: readonly string[]): [string, ResourceType] | undefined {
  return spelled(spelled(TYPES, namespace)?.[1] ?? {}, types.join('/'));
}

/** As `GET …/providers/{namespace}` answers: https://learn.microsoft.com/rest/api/resources/providers/get */
export function describeNamespace(subscriptionId: string, name: string) {
  return {
    id: `/subscriptions/${subscriptionId}/providers/${name}`,
    namespace: name,
    registrationPolicy: 'RegistrationRequired',
    registrationState: 'Registered',
    resourceTypes: Object.entries(TYPES[name] ?? {}).map(([resourceType, { versions, identity, proxy }]) => ({
      resourceType,
      locations: proxy ? [] : LOCATIONS,
      apiVersions: versions,
      defaultApiVersion: versions[0],
      capabilities: [
        ...(identity ? ['SystemAssignedResourceIdentity'] : []),
        ...(proxy ? [] : ['SupportsTags', 'SupportsLocation']),
      ].join(', '),
    })),
  };
}

function spelled<T>(table: Record<string, T>, name: string): [string, T] | undefined {
  return Object.entries(table).find(([key]) => key.toLowerCase() === name.toLowerCase());
}
