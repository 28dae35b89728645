import { describe, expect, it } from 'vitest';
import { rejection } from '../../support/secrets.ts';
import { testAzure } from './localAzure.ts';

const held = testAzure();
const TYPE = 'Microsoft.Storage/storageAccounts';
const VERSION = '2024-01-01';
const account = () => `${held.it.group}/providers/${TYPE}/pictures`;
const read = () => held.it.resources.resources.getById(account(), VERSION);
const write = () =>
  held.it.resources.resources.updateById(account(), VERSION, { tags: { a: 'b' } }).pollUntilDone();
const remove = () => held.it.resources.resources.deleteById(account(), VERSION).pollUntilDone();

describe('ARM refuses', () => {
  it('a denied action in its own words, and no other', async () => {
    const { azure } = held.it;
    azure.put({ id: account(), type: TYPE });
    azure.deny(`${TYPE}/write`);
    expect(await rejection(write())).toMatchObject({
      statusCode: 403,
      code: 'AuthorizationFailed',
      message: `The client '${azure.operator.name}' with object id '${azure.operator.objectId}' does not have authorization to perform action '${TYPE}/write' over scope '${account()}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    });
    expect(await read()).toMatchObject({ name: 'pictures' });
  });

  it.each([
    ['Microsoft.Resources/subscriptions/read', () => `/subscriptions/${held.it.azure.subscriptionId}`],
    ['Microsoft.Resources/subscriptions/resourceGroups/read', () => held.it.group],
    [
      'Microsoft.Resources/subscriptions/resources/read',
      () => `/subscriptions/${held.it.azure.subscriptionId}/resources`,
    ],
    [
      'Microsoft.Web/sites/host/listkeys/action',
      () => `${held.it.group}/providers/Microsoft.Web/sites/a/host/default/listkeys`,
    ],
    ['Microsoft.Web/sites/read', () => `${held.it.group}/providers/Microsoft.Web/sites`],
  ])('%s, which a path stands for', async (action, path) => {
    held.it.azure.deny(action);
    const token = await held.it.credential.getToken('https://management.azure.com/.default');
    const method = action.endsWith('/action') ? 'POST' : 'GET';
    const answer = await fetch(`${held.it.azure.armUrl}${path()}?api-version=2025-03-01`, {
      method,
      headers: { authorization: `Bearer ${token?.token}` },
    });
    expect(answer.status).toBe(403);
  });

  it('a user-assigned identity to whom may not assign it, and then only that', async () => {
    const { azure, group, resources } = held.it;
    const type = 'Microsoft.ManagedIdentity/userAssignedIdentities';
    const picker = azure.put({ id: `${group}/providers/${type}/picker`, type }).id;
    azure.put({ id: account(), type: TYPE });
    azure.deny(`${type}/assign/action`);
    const change = (identity: object) =>
      resources.resources.updateById(account(), VERSION, { identity }).pollUntilDone();
    const both = change({ type: 'UserAssigned', userAssignedIdentities: { [picker]: {} } });
    expect(await rejection(both)).toMatchObject({
      statusCode: 403,
      code: 'LinkedAuthorizationFailed',
      message: expect.stringContaining(`${type}/assign/action' on the linked scope(s) '${picker}'`),
    });
    expect(await change({ type: 'SystemAssigned' })).toMatchObject({ identity: { type: 'SystemAssigned' } });
  });

  it('deletes below a lock, and writes too when it is read-only', async () => {
    const { azure, group } = held.it;
    azure.put({ id: account(), type: TYPE });
    azure.lock(group, 'CanNotDelete');
    await write();
    expect(await rejection(remove())).toMatchObject({
      statusCode: 409,
      code: 'ScopeLocked',
      message: expect.stringContaining(`following scope(s) are locked: '${group}'`),
    });
    azure.lock(account(), 'ReadOnly');
    expect(await rejection(write())).toMatchObject({ code: 'ScopeLocked' });
    expect(await read()).toMatchObject({ id: account() });
  });

  it.each([
    [429, 'TooManyRequests'],
    [500, 'InternalServerError'],
    [409, 'AnotherOperationInProgress'],
    [403, 'AuthorizationFailed'],
  ])('with %i when told, with its own code', async (status, code) => {
    held.it.azure.put({ id: account(), type: TYPE });
    held.it.azure.faults.next({ status, headers: { 'retry-after': '1' } });
    const error = await rejection(read());
    expect(error).toMatchObject({ statusCode: status, code });
    expect(held.it.azure.requests).toMatchObject([{ server: 'arm', method: 'GET', status: String(status) }]);
    expect(await read()).toMatchObject({ id: account() });
  });

  it('a body that is no JSON', async () => {
    const token = await held.it.credential.getToken('https://management.azure.com/.default');
    const answer = await fetch(`${held.it.azure.armUrl}${account()}?api-version=${VERSION}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token?.token}` },
      body: '{"location":',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: 'InvalidRequestContent' } });
  });
});
