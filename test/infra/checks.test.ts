import { expect, test } from 'vitest';
import { check } from './checks/all.ts';
import { templatesOf, describe as told } from './checks/finding.ts';
import { deployAll } from './checks/scenarios.ts';
import { readNames } from './checks/settings.ts';
import { infraFiles } from './files.ts';
import { roleMarkdown } from './roleTable.ts';

const files = infraFiles();

test('nothing is wrong with the infrastructure', () => {
  expect(check(files).map(told)).toEqual([]);
});

test('the table of roles is printed from the Bicep', () => {
  const table = roleMarkdown(templatesOf(files));
  process.stdout.write(`${table}\n`);
  expect(table).toContain('| Cognitive Services User | The prediction account | the app’s identity |');
  expect(table).toContain('| Storage Queue Data Message Sender |');
  expect(table).not.toContain('unknown role');
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

test('every scenario makes the app, and no subscription comes with the rest', () => {
  const scenarios = deployAll(files);
  const made = (name: string) =>
    scenarios.find((each) => each.name === name)?.deployment.resources.map(({ symbol }) => symbol) ?? [];
  expect(made('as it comes')).toEqual(expect.arrayContaining(['site', 'prediction', 'training', 'topic']));
  expect(made('both identities, delivery by queue')).toEqual(
    expect.arrayContaining(['queue', 'eventsToQueue', 'deployerTraining']),
  );
  expect(made('both identities, delivery by queue')).not.toContain('subscriptionToQueue');
  expect(made('the queue, after the roles')).toContain('subscriptionToQueue');
  expect(made('an identity and accounts that exist')).toContain('predictor');
  expect(made('an identity and accounts that exist')).not.toContain('prediction');
  expect(made('private network, app roles')).toEqual(
    expect.arrayContaining(['network', 'endpoint', 'zoneGroup']),
  );
  expect(made('mail, alerts, another tier')).toEqual(
    expect.arrayContaining(['service', 'logAlert', 'mailing']),
  );
  expect(made('the webhook, after the code')).toContain('subscriptionToApp');
  expect(made('the app registration')).toEqual(expect.arrayContaining(['mayPredict', 'mayRead']));
});
