import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { claimsContainerOf, notifyNameOf } from '../../src/settings/containers.ts';
import { azdParameters } from './bicep/azdParameters.ts';
import { type Bicep, findBicep, startBicep } from './bicep/compiler.ts';
import { openWorkspace, type Workspace } from './bicep/workspace.ts';
import { nameFindings } from './checks/names.ts';
import { infraFiles, SCENARIOS } from './files.ts';
import { type Deployed, takeSnapshot, toScenario } from './scenarios.ts';

const files = infraFiles();
const path = findBicep();
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 }); // the compiler’s first file takes it seconds, on a busy machine a minute
let bicep: Bicep;
let workspace: Workspace;
beforeAll(async () => {
  if (!path) return;
  bicep = await startBicep(path);
  workspace = openWorkspace(bicep, files);
});
afterAll(() => {
  workspace?.[Symbol.dispose]();
  bicep?.[Symbol.dispose]();
});

/** Names that azd takes for an environment: letters, digits, ( ) _ . and -, at most 64. */
const environmentName = fc.stringMatching(/^[a-zA-Z0-9\-()_.]{1,64}$/u);
/** A container’s name, as Azure takes it. */
const containerName = fc.stringMatching(/^[a-z0-9]+(-[a-z0-9]+){0,20}$/u).filter((name) => {
  return name.length >= 3 && name.length <= 63;
});
const ODD = ['.', '-', '()', 'a'.repeat(64), 'A_(b).-'.repeat(9), 'a-b', 'ab', 'A', 'a'];
const MANY = `${SCENARIOS}/many`;

/** All of them deployed side by side: the compiler takes a second for the template, and little for one more of it. */
const TEMPLATE = `targetScope = 'subscription'
param deployments { environmentName: string, predictionsContainer: string }[]
module main '../../../infra/main.bicep' = [for (each, index) in deployments: {
  name: 'deployment-\${index}'
  params: {
    environmentName: each.environmentName
    predictionsContainer: each.predictionsContainer
    location: 'westeurope'
    eventDelivery: 'queue'
    networkIsolation: true
    notify: [{ to: { topic: '' } }, { to: { mail: '', recipients: ['orchard@example.org'] } }]
    alertEmail: 'operator@example.org'
  }
}]
`;

/** Everything that infra/README.md lets people set, as they set it: text. */
const EVERYTHING = {
  AZURE_ENV_NAME: 'orchard',
  AZURE_LOCATION: 'westeurope',
  AZURE_PRINCIPAL_ID: '44444444-4444-4444-8444-444444444444',
  AZURE_PRINCIPAL_TYPE: 'User',
  ALWAYS_READY_INSTANCES: '1',
  CALLER_AUTH: 'entra',
  CLAIM_RETENTION_DAYS: '7',
  DEAD_LETTER_RETENTION_DAYS: '0',
  DOCUMENT_RETENTION_DAYS: '365',
  EVENT_DELIVERY: 'queue',
  INSTANCE_RATE: '2',
  LOG_RETENTION_DAYS: '90',
  MAIL_DOMAIN: 'mail.example.org',
  MAIL_DOMAIN_VERIFIED: 'true',
  NETWORK_ISOLATION: 'true',
  NOTIFY:
    '[{"when": {"probability": 0.8, "uncertain": [0.4, 0.6]}, "to": {"topic": ""}}, {"to": {"mail": "", "recipients": ["a@example.org"]}, "period": "PT1H"}]',
  PICTURE_RETENTION_DAYS: '180',
  VISION_MODELS:
    '{"fruit": {"projectId": "22222222-2222-4222-8222-222222222222", "publishedName": "fruit", "task": "classify", "threshold": 0.7}}',
  VISION_SKU: 'F0',
  WITH_MAIL: 'false',
};

describe.skipIf(!path)('whatever the environment is called', () => {
  test('every name keeps to Azure’s rules, those that must be unique are, and what the app derives is called as the app calls it', async () => {
    workspace.write(`${MANY}.bicep`, TEMPLATE);
    const names = [...new Set([...ODD, ...fc.sample(environmentName, 20)])];
    const containers = [`${'a'.repeat(55)}-${'b'.repeat(7)}`, ...fc.sample(containerName, names.length)];
    const given = names.map((name, index) => [name, containers[index] ?? ''] as const);
    const list = given.map(
      ([name, container]) => `{ environmentName: '${name}', predictionsContainer: '${container}' }`,
    );
    const source = `using 'many.bicep'\nparam deployments = [\n${list.join('\n')}\n]\n`;
    workspace.write(`${MANY}.bicepparam`, source);
    const snapshot = await takeSnapshot(bicep, workspace, `${MANY}.bicepparam`);
    const { resources, template } = toScenario(`${MANY}.bicepparam`, source, snapshot);

    expect(nameFindings({ resources, template })).toEqual([]);
    const called = (pattern: RegExp) =>
      resources.filter(({ type }) => pattern.test(type)).map(({ name }) => name);
    for (const kind of [
      /storageAccounts$/u,
      /Web\/sites$/u,
      /CognitiveServices\/accounts$/u,
      /communicationServices$/u,
      /EventGrid\/topics$/u,
    ]) {
      const all = called(kind);
      expect(all.length % names.length).toBe(0);
      expect(new Set(all).size).toBe(all.length);
    }
    for (const [name, container] of given) {
      const made = resources.filter((each) => groupOf(each) === `rg-${name}-vision`).map((each) => each.name);
      expect(made).toContain(claimsContainerOf(container));
      expect(made.filter((each) => each === notifyNameOf(container))).toHaveLength(2); // container and queue
    }
  });
});

const groupOf = ({ id }: Deployed): string | undefined => /\/resourceGroups\/([^/]+)/u.exec(id)?.[1];

describe.skipIf(!path)('main.parameters.json, as azd fills it in', () => {
  beforeAll(() => workspace.write(`${SCENARIOS}/azd.bicepparam`, `using '../../../infra/main.bicep'\n`));
  const refused = async (environment: Record<string, string>) => {
    const values = azdParameters(files, environment);
    const { diagnostics } = await bicep.compileParameters(
      workspace.at(`${SCENARIOS}/azd.bicepparam`),
      values,
    );
    return diagnostics.filter(({ level }) => level !== 'Info').map(({ message }) => message);
  };

  test('asks for nothing but what azd knows itself: a name and a region', async () => {
    expect(await refused({ AZURE_ENV_NAME: 'orchard', AZURE_LOCATION: 'westeurope' })).toEqual([]);
    expect(await refused({})).toEqual([expect.stringContaining('environmentName')]);
  });

  test('is taken with everything set', async () => {
    expect(await refused(EVERYTHING)).toEqual([]);
  });

  test('is refused where a value is none', async () => {
    expect(await refused({ ...EVERYTHING, VISION_SKU: 'S1' })).not.toEqual([]);
    expect(await refused({ ...EVERYTHING, INSTANCE_RATE: 'fast' })).not.toEqual([]);
    expect(await refused({ ...EVERYTHING, NOTIFY: '[{"to": {"topics": ""}}]' })).not.toEqual([]);
  });
});
