import type { Deployed } from '../scenarios.ts';
import { type Check, called, type Finding } from './finding.ts';
import { partOf } from './part.ts';

type Expected = { path: string; value: unknown; why: string };

const KEYS = 'local keys stay off';
const TLS = 'nothing older than TLS 1.2';
/** What every resource of a type must say, whatever the parameters. */
const EXPECTED: Record<string, Expected[]> = {
  'Microsoft.Storage/storageAccounts': [
    { path: 'properties.allowSharedKeyAccess', value: false, why: KEYS },
    { path: 'properties.defaultToOAuthAuthentication', value: true, why: 'the portal signs in, too' },
    { path: 'properties.allowBlobPublicAccess', value: false, why: 'no picture is public' },
    { path: 'properties.minimumTlsVersion', value: 'TLS1_2', why: TLS },
    { path: 'properties.supportsHttpsTrafficOnly', value: true, why: 'tokens travel over https only' },
    { path: 'properties.networkAcls.bypass', value: 'AzureServices', why: 'Event Grid comes from outside' },
  ],
  'Microsoft.Storage/storageAccounts/blobServices/containers': [
    { path: 'properties.publicAccess', value: 'None', why: 'no picture is public' },
  ],
  'Microsoft.CognitiveServices/accounts': [
    { path: 'properties.disableLocalAuth', value: true, why: KEYS },
    {
      path: 'properties.customSubDomainName',
      value: /^[a-z0-9-]+$/iu,
      why: 'tokens need a custom subdomain',
    },
  ],
  'Microsoft.Insights/components': [{ path: 'properties.DisableLocalAuth', value: true, why: KEYS }],
  'Microsoft.OperationalInsights/workspaces': [
    { path: 'properties.features.disableLocalAuth', value: true, why: KEYS },
  ],
  'Microsoft.Communication/communicationServices': [
    { path: 'properties.disableLocalAuth', value: true, why: KEYS },
  ],
  'Microsoft.EventGrid/topics': [
    { path: 'properties.disableLocalAuth', value: true, why: KEYS },
    { path: 'properties.minimumTlsVersionAllowed', value: '1.2', why: TLS },
  ],
  'Microsoft.Web/sites': [
    { path: 'properties.httpsOnly', value: true, why: 'tokens travel over https only' },
    { path: 'properties.siteConfig.minTlsVersion', value: '1.2', why: TLS },
    { path: 'properties.siteConfig.ftpsState', value: 'Disabled', why: 'no password opens the app' },
    { path: 'properties.functionAppConfig.runtime.version', value: /^2[24]$/u, why: 'Node 22 or 24' },
    {
      path: 'properties.functionAppConfig.deployment.storage.authentication.type',
      value: /^(UserAssigned|SystemAssigned)Identity$/u,
      why: 'the code is fetched by identity',
    },
  ],
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': [
    { path: 'properties.allow', value: false, why: 'no password opens the app' },
  ],
  'Microsoft.Web/serverfarms': [{ path: 'sku.name', value: 'FC1', why: 'Flex Consumption' }],
};
const ISOLATED: Expected[] = [
  { path: 'properties.publicNetworkAccess', value: 'Disabled', why: 'networkIsolation' },
  { path: 'properties.networkAcls.defaultAction', value: 'Deny', why: 'networkIsolation' },
];

/** Keys off, TLS 1.2, https, nothing public: in every scenario. */
export const hardened: Check = ({ scenarios }) =>
  scenarios.flatMap(({ resources, parameters, template }) =>
    resources.flatMap((resource) => {
      const closed =
        parameters.networkIsolation &&
        ['Microsoft.Storage/storageAccounts', 'Microsoft.CognitiveServices/accounts'].includes(
          resource.type,
        ) &&
        resource.kind !== 'CustomVision.Training';
      return [...(EXPECTED[resource.type] ?? []), ...(closed ? ISOLATED : [])].flatMap((expected) =>
        compare(resource, template, expected),
      );
    }),
  );

/** The publishing passwords of both doors are off, and a private network has an endpoint for all that is closed. */
export const complete: Check = ({ scenarios }) =>
  scenarios.flatMap(({ resources, parameters }): Finding[] => {
    if (!resources.some(({ type }) => type === 'Microsoft.Web/sites')) return [];
    const doors = resources.filter(({ type }) => type.endsWith('/basicPublishingCredentialsPolicies'));
    const missing = ['ftp', 'scm'].filter((name) => !doors.some((door) => door.name === name));
    const groups = resources
      .filter(({ type }) => type === 'Microsoft.Network/privateEndpoints')
      .map(({ name }) => name);
    const endpoints = ['host-blob', 'host-queue', 'host-table', 'image-blob', 'image-queue', 'prediction'];
    const closed = parameters.networkIsolation
      ? endpoints.filter((each) => !groups.some((name) => name.startsWith(`pe-${each}-`)))
      : [];
    return [
      ...missing.map((name) => ({
        rule: 'hardened',
        file: 'infra/app.bicep',
        message: `The publishing password of ${name} is not switched off.`,
      })),
      ...closed.map((name) => ({
        rule: 'hardened',
        file: 'infra/private-endpoints.bicep',
        message: `networkIsolation closes ${name}, but no private endpoint leads there.`,
      })),
    ];
  });

function compare(resource: Deployed, file: string, { path, value, why }: Expected): Finding[] {
  const found = partOf(resource, path);
  const right = value instanceof RegExp ? typeof found === 'string' && value.test(found) : found === value;
  if (right) return [];
  const expected = value instanceof RegExp ? value.source : JSON.stringify(value);
  const message = `${called(resource)}: ${path} must be ${expected}, is ${JSON.stringify(found) ?? 'not set'} (${why}).`;
  return [{ rule: 'hardened', file, message }];
}
