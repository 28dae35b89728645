import { expect, test } from 'vitest';
import { check } from './checks/all.ts';
import { describe as told } from './checks/finding.ts';
import { readNames, settingsOf } from './checks/settings.ts';
import { infraFiles } from './files.ts';
import { keptScenarios } from './scenarios.ts';

const files = infraFiles();
const scenarios = keptScenarios(files);

test('nothing is wrong with the infrastructure', () => {
  expect(check({ files, scenarios }).map(told)).toEqual([]);
});

test('the names that the settings are read from are found by reading them', () => {
  const names = [...readNames()];
  expect(names).toEqual(
    expect.arrayContaining([
      'VISION_MODELS',
      'ENTRA_AUDIENCE',
      'ImageStorage__queueServiceUri',
      'EVENT_DELIVERY',
    ]),
  );
});

test('every scenario makes what it is for, and no subscription comes with the rest', () => {
  const made = (name: string) =>
    scenarios.find((each) => each.name === name)?.resources.map(({ type }) => type.split('/').at(-1)) ?? [];
  expect(made('as-it-comes')).toEqual(expect.arrayContaining(['sites', 'accounts', 'systemTopics']));
  expect(made('as-it-comes')).not.toContain('eventSubscriptions');
  expect(made('queue-both-identities')).toContain('queues');
  expect(made('queue-both-identities')).not.toContain('eventSubscriptions');
  expect(made('queue-subscription')).toEqual(['eventSubscriptions']);
  expect(made('webhook-subscription')).toEqual(['eventSubscriptions']);
  expect(made('existing-accounts')).toContain('roleDefinitions');
  expect(made('existing-accounts')).not.toContain('accounts');
  expect(made('existing-accounts')).not.toContain('managementPolicies');
  expect(made('private-network')).toEqual(expect.arrayContaining(['virtualNetworks', 'privateEndpoints']));
  expect(made('mail-alerts')).toEqual(expect.arrayContaining(['communicationServices', 'metricAlerts']));
  expect(made('telling')).toEqual(expect.arrayContaining(['topics', 'communicationServices']));
  expect(made('as-it-comes')).not.toContain('topics');
  expect(made('app-registration')).toEqual(expect.arrayContaining(['appRoleAssignedTo@v1.0']));
});

test('what nobody sets ends without a key where that takes nothing: callers by audience, events in a private network', () => {
  const settings = (name: string) =>
    scenarios
      .find((each) => each.name === name)
      ?.resources.find(({ type }) => type === 'Microsoft.Web/sites/config')?.properties;
  expect(settings('as-it-comes')).toMatchObject({ EVENT_DELIVERY: 'webhook', CALLER_AUTH: 'key' });
  expect(settings('private-network')).toMatchObject({ EVENT_DELIVERY: 'queue', CALLER_AUTH: 'entra' });
});

test('rules get the addresses of what is made here, and keep those that they name', () => {
  const [telling] = scenarios.filter((each) => each.name === 'telling').map(settingsOf);
  const tos = JSON.parse(telling?.NOTIFY ?? '').map(({ to }: { to: object }) => to);
  expect(tos).toEqual([
    {
      api: 'https://orders.example.org/api/pictures',
      scope: 'api://66666666-6666-4666-8666-666666666666/.default',
      role: 'Pictures.Receive',
    },
    {
      topic: expect.stringMatching(
        /^https:\/\/evgt-notify-demo-\w+\.westeurope-1\.eventgrid\.azure\.net\/api\/events$/u,
      ),
    },
    { topic: 'https://theirs.westeurope-1.eventgrid.azure.net/api/events' },
    {
      mail: expect.stringMatching(/^https:\/\/acs-demo-\w+\.europe\.communication\.azure\.com$/u),
      from: expect.stringMatching(/^DoNotReply@/u),
      recipients: ['orchard@example.org'],
      domain: 'custom',
    },
  ]);
});

test('each container is emptied by its own rule', () => {
  const policy = scenarios
    .find(({ name }) => name === 'mail-alerts')
    ?.resources.find(({ type }) => type.endsWith('/managementPolicies'));
  const days = (prefix: string, count: number) =>
    expect.objectContaining({
      definition: expect.objectContaining({
        filters: { blobTypes: ['appendBlob', 'blockBlob'], prefixMatch: [prefix] },
        actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: count } } },
      }),
    });
  expect(policy?.properties).toEqual({
    policy: {
      rules: [
        days('dead-letters/', 30),
        days('documents-out/', 365),
        days('documents-out-claims/', 30),
        days('pictures-in/', 180),
      ],
    },
  });
});
