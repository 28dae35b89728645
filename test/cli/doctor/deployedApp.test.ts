import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAzure, startLocalAzure } from '../../../local/azure/start.ts';
import { createCertificate } from '../../../local/certificate.ts';
import { createClosing } from '../../../local/closing.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';
import { USER_ASSIGNED } from '../../../local/identity/identities.ts';
import { DEFAULT_PROJECT_ID } from '../../../local/prediction/models.ts';
import { deployedApp, deployedSettings } from '../../../src/cli/doctor/deployedApp.ts';
import { runDoctor } from '../../../src/cli/doctor/runDoctor.ts';
import { keyless } from '../../support/command.ts';
import { startOddServer } from './oddServers.ts';

const GROUP = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/orchard/providers';
const SITE = `${GROUP}/Microsoft.Web/sites/orchard-app`;
const ACCOUNT = `${GROUP}/Microsoft.CognitiveServices/accounts/orchard-vision`;
const OTHER_ACCOUNT = `${GROUP}/Microsoft.CognitiveServices/accounts/orchard-training`;
const STORAGE = `${GROUP}/Microsoft.Storage/storageAccounts/orchard`;
const TOPIC = `${GROUP}/Microsoft.EventGrid/systemTopics/orchard-events`;
const FILTER = '/blobServices/default/containers/images/blobs/';
const KEY = 'c2VjcmV0LXN5c3RlbS1rZXk';

const closing = createClosing();
let azure: LocalAzure;
let endpoint: string;

beforeAll(async () => {
  const certificate = await createCertificate();
  closing.add({ close: certificate.remove });
  setDefaultCACertificates([...getCACertificates('default'), certificate.authority]);
  const identity = closing.add(await startIdentityEndpoint());
  azure = closing.add(await startLocalAzure({ identity, certificate }));
  Object.assign(process.env, azure.environment);
  const account = await startOddServer((_, response) => response.writeHead(404).end());
  endpoint = closing.add(account).url;
});
afterAll(closing.close);
beforeEach(() => azure.reset());

type Own = {
  settings?: Record<string, string>;
  identity?: { type: string; userAssignedIdentities?: object };
  filter?: string;
  types?: string[];
  byQueue?: boolean;
  functionName?: string;
  host?: string;
};

/** A deployed app in which all is well, but for what is given; the roles are granted by the tests. */
function deploy({
  settings,
  identity,
  filter = FILTER,
  types = ['Microsoft.Storage.BlobCreated'],
  byQueue = false,
  functionName = 'Host.Functions.predictBlob',
  host = 'orchard-app.azurewebsites.net',
}: Own = {}): string {
  const site = azure.put({
    id: SITE,
    type: 'Microsoft.Web/sites',
    location: 'westeurope',
    kind: 'functionapp,linux',
    identity: (identity ?? { type: 'SystemAssigned' }) as { type: string },
    properties: { functionAppConfig: { runtime: { name: 'node', version: '24' } } },
  });
  azure.put({
    id: `${SITE}/config/appsettings`,
    type: 'Microsoft.Web/sites/config',
    properties: {
      AzureWebJobsStorage__accountName: 'orchard',
      ImageStorage__blobServiceUri: 'https://orchard.blob.core.windows.net',
      ImageStorage__queueServiceUri: 'https://orchard.queue.core.windows.net',
      VISION_ENDPOINT: endpoint,
      VISION_PROJECT_ID: DEFAULT_PROJECT_ID,
      VISION_PUBLISHED_NAME: 'fruit',
      VISION_TASK: 'classify',
      OTHER_API_KEY: KEY,
      ...settings,
    },
  });
  for (const [id, kind, address] of [
    [ACCOUNT, 'CustomVision.Prediction', `${endpoint}/`],
    [OTHER_ACCOUNT, 'CustomVision.Training', 'https://orchard-training.cognitiveservices.azure.com/'],
  ] as const) {
    azure.put({
      id,
      type: 'Microsoft.CognitiveServices/accounts',
      location: 'westeurope',
      kind,
      properties: { endpoint: address, disableLocalAuth: true },
    });
  }
  azure.put({ id: STORAGE, type: 'Microsoft.Storage/storageAccounts', location: 'westeurope' });
  azure.put({
    id: TOPIC,
    type: 'Microsoft.EventGrid/systemTopics',
    location: 'westeurope',
    properties: { source: STORAGE, topicType: 'Microsoft.Storage.StorageAccounts' },
  });
  azure.put({
    id: `${TOPIC}/eventSubscriptions/pictures`,
    type: 'Microsoft.EventGrid/systemTopics/eventSubscriptions',
    properties: {
      destination: byQueue
        ? { endpointType: 'StorageQueue', properties: { resourceId: STORAGE, queueName: 'picture-events' } }
        : {
            endpointType: 'WebHook',
            properties: {
              endpointUrl: `https://${host}/runtime/webhooks/blobs?functionName=${functionName}&code=${KEY}`,
            },
          },
      filter: { subjectBeginsWith: filter, includedEventTypes: types },
    },
  });
  return site.identity?.principalId ?? '';
}

const ROLE = {
  predict: 'a97b65f3-24c7-4388-baec-2e87135dc908',
  visionReader: '93586559-c37d-4a6b-ba08-b9f0940c2d73',
  blobs: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  queues: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
} as const;

function grant(principalId: string, role: keyof typeof ROLE, scope: string): void {
  azure.addRoleAssignment({
    principalId,
    scope,
    roleDefinitionId: `/subscriptions/${azure.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${ROLE[role]}`,
  });
}

const read = () => deployedApp(azure.subscriptionId, 'orchard', 'orchard-app');

async function diagnose() {
  const deployed = await read();
  const diagnosis = await runDoctor(deployed.settings, { deployed });
  expect(JSON.stringify(diagnosis)).not.toContain(KEY);
  return { ...diagnosis, of: (id: string) => diagnosis.results.find((each) => each.id.startsWith(id)) };
}

describe('doctor --app', () => {
  it('reads the settings of the app with the operator’s sign-in', async () => {
    deploy({ settings: { IMAGES_CONTAINER: 'harvest' } });
    expect(await deployedSettings(azure.subscriptionId, 'orchard', 'orchard-app')).toMatchObject({
      IMAGES_CONTAINER: 'harvest',
      VISION_TASK: 'classify',
    });
  });

  it('finds nothing wrong with a healthy app, and says what only the app itself can tell', async () => {
    const principalId = deploy();
    grant(principalId, 'predict', ACCOUNT);
    grant(principalId, 'blobs', STORAGE);
    grant(principalId, 'queues', STORAGE);
    const { results, healthy } = await diagnose();
    expect(results.filter(({ status }) => status === 'fault' || status === 'warning')).toEqual([]);
    expect(healthy).toBe(true);
    const outside = results.filter(({ because }) => because === 'inside').map(({ id }) => id);
    expect(outside).toEqual(expect.arrayContaining(['token', 'model:default', 'images', 'host-storage']));
    expect(results.find(({ id }) => id === 'token')?.finding).toMatch(/--probe/u);
  });

  it('tells no role, a role on the wrong account and a role that does not allow it apart', async () => {
    const principalId = deploy();
    const none = await diagnose();
    expect(none.of('role:127')).toMatchObject({
      status: 'fault',
      finding: expect.stringMatching(/^No role/u),
    });
    grant(principalId, 'predict', OTHER_ACCOUNT);
    expect((await diagnose()).of('role:127')?.finding).toMatch(/^Wrong account: .*orchard-training/u);
    azure.reset();
    const again = deploy();
    grant(again, 'visionReader', ACCOUNT);
    const wrong = (await diagnose()).of('role:127');
    expect(wrong?.finding).toMatch(/^Wrong role: Cognitive Services Custom Vision Reader on orchard-vision/u);
    expect(wrong?.command).toContain(`--assignee-object-id ${again}`);
    expect(wrong?.command).toContain(`--scope ${ACCOUNT}`);
    grant(again, 'predict', '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/orchard');
    expect((await diagnose()).of('role:127')?.status).toBe('ok');
  });

  it('names the identity to select where the app has user-assigned ones alone', async () => {
    const identity = {
      type: 'UserAssigned',
      userAssignedIdentities: { [USER_ASSIGNED.resourceId]: {} },
    };
    azure.put({ id: USER_ASSIGNED.resourceId, type: 'Microsoft.ManagedIdentity/userAssignedIdentities' });
    deploy({ identity });
    const { cause } = await diagnose();
    expect(cause).toMatchObject({
      id: 'identity',
      finding: expect.stringMatching(/No identity is selected/u),
    });
    expect(cause?.command).toBe(
      `az functionapp config appsettings set --name orchard-app --resource-group orchard --settings MANAGED_IDENTITY_CLIENT_ID=${USER_ASSIGNED.clientId}`,
    );
    deploy({ identity, settings: { MANAGED_IDENTITY_CLIENT_ID: USER_ASSIGNED.clientId } });
    expect((await diagnose()).of('identity')?.status).toBe('ok');
  });

  it.each([
    [
      'without the slash',
      { filter: '/blobServices/default/containers/images' },
      /filters by .*, which takes other containers too/u,
    ],
    [
      'of another container',
      { filter: '/blobServices/default/containers/inbox/blobs/' },
      /which matches no picture/u,
    ],
    [
      'of a wrong function name',
      { functionName: 'predictBlob' },
      /names the function predictBlob, not Host\.Functions\.predictBlob: its events are answered 202/u,
    ],
    [
      'of another app that hears of the same pictures',
      { host: 'orchard-app-next.azurewebsites.net' },
      /No event subscription of .* sends to this app/u,
    ],
    [
      'that leaves new pictures out',
      { types: ['Microsoft.Storage.BlobDeleted'] },
      /leaves out Microsoft\.Storage\.BlobCreated/u,
    ],
  ])('finds the event subscription %s', async (_, own, says) => {
    deploy(own);
    const found = (await diagnose()).of('subscription');
    expect(found).toMatchObject({ status: 'fault', finding: expect.stringMatching(says) });
    expect(found?.command).toBeTruthy();
    deploy();
    expect((await diagnose()).of('subscription')?.status).toBe('ok');
  });

  it('warns of renames that the webhook cannot read', async () => {
    deploy({ types: ['Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobRenamed'] });
    expect((await diagnose()).of('subscription')).toMatchObject({
      status: 'warning',
      finding: expect.stringContaining('BlobRenamed'),
      command: expect.stringMatching(/--included-event-types Microsoft\.Storage\.BlobCreated$/u),
    });
  });

  it('misses renames into place in a subscription that fills the queue', async () => {
    const own = { settings: { EVENT_DELIVERY: 'queue' }, byQueue: true };
    deploy(own);
    expect((await diagnose()).of('subscription')).toMatchObject({
      status: 'warning',
      command: expect.stringMatching(/--included-event-types \S+BlobCreated \S+BlobRenamed$/u),
    });
    deploy({ ...own, types: ['Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobRenamed'] });
    expect((await diagnose()).of('subscription')?.status).toBe('ok');
  });

  it('says which right is missing where ARM does not let the operator look', async () => {
    deploy();
    azure.deny('Microsoft.Authorization/roleAssignments/read');
    const { healthy, of } = await diagnose();
    expect(of('role:127')).toMatchObject({ status: 'could not check', because: 'failed' });
    expect(of('role:127')?.finding).toMatch(
      /lacks the right Microsoft\.Authorization\/roleAssignments\/read/u,
    );
    expect(healthy).toBe(false);
  });

  it('runs as a command, for the operator who is signed in', async () => {
    deploy();
    const args = ['doctor', '--app', 'orchard-app', '--resource-group', 'orchard', '--json'];
    const environment = { ...azure.environment, AZURE_SUBSCRIPTION_ID: azure.subscriptionId };
    const { code, out } = await keyless({ commandEnvironment: environment }, args).finished;
    expect(code).toBe(1);
    expect((JSON.parse(out) as { cause: string }).cause).toMatch(/^role:/u);
    expect(out).not.toContain(KEY);
    const missing = await keyless({ commandEnvironment: environment }, [
      ...['doctor', '--app', 'orchid', '--resource-group', 'orchard'],
    ]).finished;
    expect(missing).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/There is no such resource.*\nFix: /u),
    });
  });

  it('refuses an app that is not there, with what to type', async () => {
    await expect(read()).rejects.toThrow(/There is no such resource/u);
  });
});
