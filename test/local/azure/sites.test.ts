import { WebSiteManagementClient } from '@azure/arm-appservice';
import { describe, expect, it } from 'vitest';
import { rejection } from '../../support/secrets.ts';
import { ARM_SCOPE, all, testAzure } from './localAzure.ts';

const held = testAzure();
const siteId = () => `${held.it.group}/providers/Microsoft.Web/sites/trees`;

function seed() {
  const { azure, credential } = held.it;
  azure.put({ id: siteId(), type: 'Microsoft.Web/sites', kind: 'functionapp,linux' });
  azure.put({
    id: `${siteId()}/config/appsettings`,
    type: 'Microsoft.Web/sites/config',
    properties: { IMAGES_CONTAINER: 'images' },
  });
  const { webApps } = new WebSiteManagementClient(credential, azure.subscriptionId, {
    endpoint: azure.armUrl,
    credentials: { scopes: [ARM_SCOPE] },
    retryOptions: { maxRetries: 0 },
  });
  return webApps;
}

describe('a function app', () => {
  it('tells its settings only when asked to list them', async () => {
    const webApps = seed();
    const { properties } = await webApps.listApplicationSettings('orchard', 'trees');
    expect(properties).toEqual({ IMAGES_CONTAINER: 'images' });
    await webApps.updateApplicationSettings('orchard', 'trees', { properties: { IMAGES_CONTAINER: 'drop' } });
    const changed = await webApps.listApplicationSettings('orchard', 'trees');
    expect(changed.properties).toEqual({ IMAGES_CONTAINER: 'drop' });
    const read = held.it.resources.resources.getById(`${siteId()}/config/appsettings`, '2025-03-01');
    expect(await rejection(read)).toMatchObject({ statusCode: 405 });
  });

  it('has functions and a key of the blob extension only once its code is deployed', async () => {
    const webApps = seed();
    const before = await webApps.listHostKeys('orchard', 'trees');
    expect(before.masterKey).toMatch(/^.{40,}$/);
    expect(before.systemKeys).toEqual({});
    expect(await all(webApps.listFunctions('orchard', 'trees'))).toEqual([]);
    held.it.azure.deployCode(siteId(), ['predictBlob', 'predictImage']);
    const after = await webApps.listHostKeys('orchard', 'trees');
    expect(after).toMatchObject({ masterKey: before.masterKey });
    expect(after.systemKeys?.blobs_extension).toMatch(/^.{40,}$/);
    const names = (await all(webApps.listFunctions('orchard', 'trees'))).map(({ name }) => name);
    expect(names).toEqual(['trees/predictBlob', 'trees/predictImage']);
    expect(await webApps.getFunction('orchard', 'trees', 'predictBlob')).toMatchObject({
      id: `${siteId()}/functions/predictBlob`,
    });
    expect(await rejection(webApps.getFunction('orchard', 'trees', 'none'))).toMatchObject({
      statusCode: 404,
    });
  });

  it('is not found by another name, and no code is deployed to it', async () => {
    const webApps = seed();
    expect(await rejection(webApps.listHostKeys('orchard', 'none'))).toMatchObject({ statusCode: 404 });
    expect(await rejection(webApps.get('orchard', 'none'))).toMatchObject({ code: 'ResourceNotFound' });
    expect(() => held.it.azure.deployCode(`${siteId()}2`, [])).toThrow(/no site .*put\(\) it first/);
  });
});
