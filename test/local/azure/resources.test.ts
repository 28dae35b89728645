import { EventGridManagementClient } from '@azure/arm-eventgrid';
import { describe, expect, it } from 'vitest';
import { rejection } from '../../support/secrets.ts';
import { ARM_SCOPE, all, testAzure } from './localAzure.ts';

const held = testAzure();
const WEB = '2025-03-01';
const STORAGE = '2024-01-01';

const siteId = (name = 'trees') => `${held.it.group}/providers/Microsoft.Web/sites/${name}`;
const storageId = (name: string) => `${held.it.group}/providers/Microsoft.Storage/storageAccounts/${name}`;
const putSite = (more: object = {}) =>
  held.it.azure.put({ id: siteId(), type: 'Microsoft.Web/sites', kind: 'functionapp,linux', ...more });

describe('a resource', () => {
  it('is read by id, whatever the case of the id', async () => {
    putSite();
    const { resources } = held.it.resources;
    expect(await resources.getById(siteId().toUpperCase(), WEB)).toMatchObject({
      id: siteId(),
      name: 'trees',
      kind: 'functionapp,linux',
      location: 'westeurope',
      properties: { provisioningState: 'Succeeded', defaultHostName: 'trees.azurewebsites.net' },
    });
    expect(await resources.checkExistenceById(siteId(), WEB)).toMatchObject({ body: true });
    expect(await resources.checkExistenceById(siteId('none'), WEB)).toMatchObject({ body: false });
  });

  it('is replaced by PUT and merged by PATCH, where tags are replaced as a whole', async () => {
    const { azure, resources: client } = held.it;
    azure.put({ id: storageId('a'), type: 'Microsoft.Storage/storageAccounts' });
    const put = await client.resources.createOrUpdateById(storageId('b'), STORAGE, {
      location: 'northeurope',
      tags: { tree: 'apple', row: '7' },
      properties: {
        minimumTlsVersion: 'TLS1_2',
        networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny' },
      },
    });
    expect(put).toMatchObject({ id: storageId('b'), type: 'Microsoft.Storage/storageAccounts' });
    await client.resources.updateById(storageId('b'), STORAGE, {
      tags: { tree: 'pear' },
      properties: { networkAcls: { defaultAction: 'Allow' }, minimumTlsVersion: null },
    });
    const patched = azure.get(storageId('b'));
    expect(patched).toMatchObject({ location: 'northeurope', tags: { tree: 'pear' } });
    expect(patched?.properties.networkAcls).toEqual({ bypass: 'AzureServices', defaultAction: 'Allow' });
    expect(patched?.properties).not.toHaveProperty('minimumTlsVersion');
    await client.resources.createOrUpdateById(storageId('b'), STORAGE, { properties: {} });
    expect(azure.get(storageId('b'))).not.toHaveProperty('tags');
  });

  it('goes with its children when it is deleted', async () => {
    const { azure, resources: client } = held.it;
    putSite();
    azure.deployCode(siteId(), ['predictBlob']);
    await client.resources.deleteById(siteId(), WEB);
    expect(azure.get(siteId())).toBeUndefined();
    expect(azure.get(`${siteId()}/functions/predictBlob`)).toBeUndefined();
    await client.resources.deleteById(siteId(), WEB);
  });

  it('has an endpoint of its own sub-domain when it is a Cognitive Services account that has one', async () => {
    const type = 'Microsoft.CognitiveServices/accounts';
    const id = (name: string) => `${held.it.group}/providers/${type}/${name}`;
    held.it.azure.put({
      id: id('a'),
      type,
      properties: { customSubDomainName: 'trees', disableLocalAuth: true },
    });
    held.it.azure.put({ id: id('b'), type });
    const endpointOf = async (name: string) =>
      (await held.it.resources.resources.getById(id(name), '2025-06-01')).properties?.endpoint;
    expect(await endpointOf('a')).toBe('https://trees.cognitiveservices.azure.com/');
    expect(await endpointOf('b')).toBe('https://westeurope.api.cognitive.microsoft.com/');
  });
});

describe('lists', () => {
  it('are of a subscription, a group or a type, without properties and in pages', async () => {
    const { azure, resources: client } = held.it;
    putSite();
    for (const name of ['a', 'b', 'c']) {
      azure.put({ id: storageId(name), type: 'Microsoft.Storage/storageAccounts' });
    }
    azure.put({
      id: storageId('d').replace('orchard', 'meadow'),
      type: 'Microsoft.Storage/storageAccounts',
    });
    azure.pageSize = 2;
    const filter = "resourceType eq 'Microsoft.Storage/storageAccounts'";
    const listed = await all(client.resources.list({ filter }));
    expect(listed.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect(listed[0]).not.toHaveProperty('properties.primaryEndpoints');
    expect(await all(client.resources.listByResourceGroup('orchard'))).toHaveLength(4);
    expect((await all(client.resourceGroups.list())).map(({ name }) => name)).toEqual(['orchard', 'meadow']);
    expect(await all(client.resources.list({ filter: `${filter} and name eq 'c'` }))).toHaveLength(1);
  });

  it('refuse a filter that they do not know', async () => {
    const error = await rejection(all(held.it.resources.resources.list({ filter: "colour eq 'red'" })));
    expect(error).toMatchObject({ statusCode: 400, code: 'InvalidFilterInQueryString' });
  });

  it('tell which versions and which identities a type knows', async () => {
    const provider = await held.it.resources.providers.get('microsoft.web');
    const sites = provider.resourceTypes?.find(({ resourceType }) => resourceType === 'sites');
    expect(provider).toMatchObject({ namespace: 'Microsoft.Web', registrationState: 'Registered' });
    expect(sites?.apiVersions).toContain(WEB);
    expect(sites?.capabilities).toContain('SystemAssignedResourceIdentity');
  });
});

describe('what is not there', () => {
  const SITE = '/providers/Microsoft.Web/sites/trees';
  it.each([
    ['a resource', (group: string) => group + SITE, WEB, 404, 'ResourceNotFound'],
    [
      'a group',
      (group: string) => group.replace('orchard', 'none') + SITE,
      WEB,
      404,
      'ResourceGroupNotFound',
    ],
    [
      'a subscription',
      () => `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/orchard${SITE}`,
      WEB,
      404,
      'SubscriptionNotFound',
    ],
    [
      'a subscription’s id',
      () => `/subscriptions/mine/resourceGroups/orchard${SITE}`,
      WEB,
      400,
      'InvalidSubscriptionId',
    ],
    [
      'a namespace',
      (group: string) => `${group}/providers/Microsoft.Trees/apples/a`,
      WEB,
      404,
      'InvalidResourceNamespace',
    ],
    [
      'a type',
      (group: string) => `${group}/providers/Microsoft.Web/apples/a`,
      WEB,
      404,
      'InvalidResourceType',
    ],
    ['a version', (group: string) => group + SITE, '2001-01-01', 400, 'NoRegisteredProviderFound'],
    ['a version’s form', (group: string) => group + SITE, 'latest', 400, 'InvalidApiVersionParameter'],
  ])('is refused in ARM’s words: %s', async (_what, idOf, version, statusCode, code) => {
    held.it.azure.put({ id: storageId('a'), type: 'Microsoft.Storage/storageAccounts' });
    const error = await rejection(held.it.resources.resources.getById(idOf(held.it.group), version));
    expect(error).toMatchObject({ statusCode, code });
    if (code === 'NoRegisteredProviderFound') expect(String(error)).toContain(`'2025-05-01, ${WEB}`);
  });

  it('is a version when none is given', async () => {
    const token = await held.it.credential.getToken(ARM_SCOPE);
    const answer = await held.it.get(held.it.azure.armUrl + siteId(), token?.token);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: 'MissingApiVersionParameter' } });
  });

  it('is a parent or a location that a new resource needs', async () => {
    putSite();
    const put = (id: string, version: string) =>
      rejection(
        held.it.resources.resources.createOrUpdateById(id, version, { properties: {} }).pollUntilDone(),
      );
    expect(await put(`${siteId('none')}/config/appsettings`, WEB)).toMatchObject({
      code: 'ParentResourceNotFound',
    });
    expect(await put(storageId('x'), STORAGE)).toMatchObject({ code: 'LocationRequired' });
  });
});

describe('an event subscription', () => {
  it('shows its webhook’s url without the key, and the whole only when asked for it', async () => {
    const { azure, credential, group } = held.it;
    azure.put({ id: storageId('a'), type: 'Microsoft.Storage/storageAccounts' });
    const eventGrid = new EventGridManagementClient(credential, azure.subscriptionId, {
      endpoint: azure.armUrl,
      credentialScopes: ARM_SCOPE,
    });
    await eventGrid.systemTopics.beginCreateOrUpdateAndWait('orchard', 'pictures', {
      location: 'westeurope',
      source: storageId('a'),
      topicType: 'Microsoft.Storage.StorageAccounts',
    });
    const endpointUrl = 'https://trees.azurewebsites.net/runtime/webhooks/blobs?functionName=predictBlob';
    const created = await eventGrid.systemTopicEventSubscriptions.beginCreateOrUpdateAndWait(
      'orchard',
      'pictures',
      'dropped',
      {
        destination: { endpointType: 'WebHook', endpointUrl },
        filter: { includedEventTypes: ['Microsoft.Storage.BlobCreated'] },
      },
    );
    expect(created).toMatchObject({
      id: `${group}/providers/Microsoft.EventGrid/systemTopics/pictures/eventSubscriptions/dropped`,
      provisioningState: 'Succeeded',
      destination: { endpointBaseUrl: 'https://trees.azurewebsites.net/runtime/webhooks/blobs' },
    });
    const whole = await eventGrid.systemTopicEventSubscriptions.getFullUrl('orchard', 'pictures', 'dropped');
    expect(whole.endpointUrl).toBe(endpointUrl);
    const listed = await all(
      eventGrid.systemTopicEventSubscriptions.listBySystemTopic('orchard', 'pictures'),
    );
    expect(listed.map(({ name }) => name)).toEqual(['dropped']);
    await eventGrid.systemTopics.beginDeleteAndWait('orchard', 'pictures');
    expect(azure.get(String(created.id))).toBeUndefined();
  });
});
