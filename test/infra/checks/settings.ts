import { describe } from '../../../src/settings/problem.ts';
import { readSettings } from '../../../src/settings/settings.ts';
import type { Scenario } from '../scenarios.ts';
import type { Check, Finding } from './finding.ts';

/** What the host reads of a connection by identity; the user-assigned pair comes with a user-assigned identity. */
const CONNECTIONS = {
  AzureWebJobsStorage: ['blobServiceUri', 'queueServiceUri', 'tableServiceUri'],
  ImageStorage: ['blobServiceUri', 'queueServiceUri'],
} as const;
const TELEMETRY = ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'];
/** Read by src/settings/settings.ts, and rightly not set by the Bicep. */
const NOT_HERE = new Map([
  ['ImageStorage', 'for the emulator alone'],
  ['IDENTITY_ENDPOINT', 'set by the platform'],
  ['IDENTITY_HEADER', 'set by the platform'],
  ['AZURE_TOKEN_CREDENTIALS', 'for developers'],
  ['MANAGED_IDENTITY_OBJECT_ID', 'the client id is given'],
  ['MANAGED_IDENTITY_RESOURCE_ID', 'the client id is given'],
  ['VISION_PREDICTION_URL', 'VISION_MODELS is given'],
  ['VISION_ENDPOINT', 'VISION_MODELS is given'],
  ['VISION_PROJECT_ID', 'VISION_MODELS is given'],
  ['VISION_PUBLISHED_NAME', 'VISION_MODELS is given'],
  ['VISION_TASK', 'VISION_MODELS is given'],
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY']
    .flatMap((name) => [name, name.toLowerCase()])
    .map((name): [string, string] => [
      name,
      'nothing of Azure is reached through a proxy, unless an operator says so',
    ]),
  ['WEBSITE_SITE_NAME', 'set by the platform'],
  ...['OTEL_TRACES_SAMPLER', 'OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_HEADERS'].map(
    (name): [string, string] => [name, 'OpenTelemetry’s own, for an operator who has reason to'],
  ),
]);
/** https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations */
const NOT_ON_FLEX =
  /^(FUNCTIONS_(WORKER_RUNTIME|EXTENSION_VERSION|WORKER_PROCESS_COUNT)|WEBSITE_(RUN_FROM_PACKAGE|CONTENT\w*|NODE_DEFAULT_VERSION)|SCM_DO_BUILD_DURING_DEPLOYMENT)$/u;

/** Every name that src/settings/settings.ts asks for, found by letting it ask. */
export function readNames(): Set<string> {
  const asked = new Set<string>();
  for (const values of [
    {},
    { CALLER_AUTH: 'entra' },
    { IDENTITY_ENDPOINT: 'x', IDENTITY_HEADER: 'x' },
    { TELEMETRY: 'monitor' },
    { TELEMETRY: 'otlp', OTEL_EXPORTER_OTLP_HEADERS: 'x=y' },
  ]) {
    const environment: Record<string, string> = values;
    readSettings(
      new Proxy(environment, {
        get(target, name) {
          asked.add(String(name));
          return target[String(name)];
        },
      }),
    );
  }
  return asked;
}

/** Each setting is one that the app or the host reads, and what they need is there. */
export const settings: Check = ({ scenarios }) => {
  const known = readNames();
  const found = scenarios.flatMap((scenario) => ofScenario(scenario, known));
  const emitted = new Set(scenarios.flatMap((scenario) => Object.keys(settingsOf(scenario) ?? {})));
  if (emitted.size === 0) return found;
  const forgotten = [...known].filter((name) => !emitted.has(name) && !NOT_HERE.has(name));
  return [
    ...found,
    ...forgotten.map((name) => tell(`${name} of src/settings/settings.ts is set in no scenario.`)),
  ];
};

function ofScenario(scenario: Scenario, known: Set<string>): Finding[] {
  const values = settingsOf(scenario);
  if (!values) return [];
  const usesUserIdentity = scenario.parameters.identityKind !== 'SystemAssigned';
  const pairs = Object.entries(CONNECTIONS).flatMap(([connection, services]) =>
    [...services, ...(usesUserIdentity ? ['credential', 'clientId'] : [])].map(
      (each) => `${connection}__${each}`,
    ),
  );
  const needed = [...pairs, ...TELEMETRY, ...(usesUserIdentity ? ['MANAGED_IDENTITY_CLIENT_ID'] : [])];
  const complaints = [
    ...needed.filter((name) => !values[name]).map((name) => `${name} is not set.`),
    ...Object.keys(values).flatMap((name) => unfit(name, known, pairs)),
    ...telemetry(values),
    ...problems(values),
  ];
  return complaints.map((message) => tell(`${message} (${scenario.name})`));
}

function unfit(name: string, known: Set<string>, pairs: string[]): string[] {
  if (name === 'AZURE_CLIENT_ID') {
    return ['AZURE_CLIENT_ID is read by the host as well, for its own storage: leave it out.'];
  }
  if (NOT_ON_FLEX.test(name)) return [`${name} is no setting of Flex Consumption.`];
  const wellKnown = known.has(name) && !NOT_HERE.has(name);
  if (wellKnown || pairs.includes(name) || TELEMETRY.includes(name)) return [];
  return [
    `${name} is read by nobody: not by src/settings/settings.ts, and it is no identity-based connection.`,
  ];
}

function* telemetry(values: Record<string, string>): Generator<string> {
  const text = values.APPLICATIONINSIGHTS_AUTHENTICATION_STRING ?? '';
  const client = values.MANAGED_IDENTITY_CLIENT_ID;
  const expected = client ? `ClientId=${client};Authorization=AAD` : 'Authorization=AAD';
  if (text !== expected) yield `APPLICATIONINSIGHTS_AUTHENTICATION_STRING must be ${expected}.`;
}

/** The app’s own reading of what it is given, on a machine with a managed identity. */
function problems(values: Record<string, string>): string[] {
  const environment = { ...values, IDENTITY_ENDPOINT: 'http://127.0.0.1', IDENTITY_HEADER: 'x' };
  return readSettings(environment).problems.map((each) => `The app would refuse it: ${describe(each)}.`);
}

export const settingsOf = ({ resources }: Scenario) =>
  resources.find(({ type, name }) => type === 'Microsoft.Web/sites/config' && name === 'appsettings')
    ?.properties as Record<string, string> | undefined;

const tell = (message: string): Finding => ({ rule: 'settings', file: 'infra/app.bicep', message });
