import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { rejection } from '../../support/secrets.ts';
import { all, testAzure } from './localAzure.ts';

const held = testAzure();
const USER_ROLE = 'a97b65f3-24c7-4388-baec-2e87135dc908';
const roleId = (id = USER_ROLE) =>
  `/subscriptions/${held.it.azure.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
const account = () => `${held.it.group}/providers/Microsoft.CognitiveServices/accounts/vision`;

function seed(): string {
  held.it.azure.put({ id: account(), type: 'Microsoft.CognitiveServices/accounts' });
  return held.it.azure.servicePrincipals.add({ displayName: 'trees' }).id;
}
const assign = (principalId: string, more: object = {}, name: string = randomUUID()) =>
  held.it.authorization.roleAssignments.create(account(), name, {
    roleDefinitionId: roleId(),
    principalId,
    ...more,
  });

describe('a role assignment', () => {
  it('is made at a scope, found by principal, and deleted', async () => {
    const principalId = seed();
    const { authorization, azure, group } = held.it;
    const made = await assign(principalId, { principalType: 'ServicePrincipal' });
    expect(made).toMatchObject({ principalId, scope: account(), roleDefinitionId: roleId() });
    const filter = `principalId eq '${principalId}'`;
    const at = (scope: string, by = filter) =>
      all(authorization.roleAssignments.listForScope(scope, { filter: by }));
    expect(await at(account())).toHaveLength(1);
    expect(await at(group)).toHaveLength(1);
    expect(await at(group, `atScope() and ${filter}`)).toEqual([]);
    expect(await at(account(), `assignedTo('${principalId}')`)).toHaveLength(1);
    expect(await at(account(), `principalId eq '${randomUUID()}'`)).toEqual([]);
    expect(await all(authorization.roleAssignments.listForSubscription())).toHaveLength(1);
    expect(await authorization.roleAssignments.getById(made.id ?? '')).toMatchObject({ name: made.name });
    await authorization.roleAssignments.deleteById(made.id ?? '');
    expect(azure.roleAssignments).toEqual([]);
    expect(await authorization.roleAssignments.deleteById(made.id ?? '')).toEqual({});
  });

  it('above a scope holds there, and is listed there', async () => {
    const principalId = seed();
    const { authorization, azure, group } = held.it;
    azure.addRoleAssignment({ principalId, scope: group, roleDefinitionId: roleId() });
    azure.addRoleAssignment({ principalId, scope: `${group}2`, roleDefinitionId: roleId() });
    const listed = await all(authorization.roleAssignments.listForScope(account(), { filter: 'atScope()' }));
    expect(listed.map(({ scope }) => scope)).toEqual([group]);
  });

  it('is the same when sent again by the same name, and refused by another', async () => {
    const principalId = seed();
    const name = randomUUID();
    const first = await assign(principalId, {}, name);
    expect(await assign(principalId, {}, name)).toMatchObject({ id: first.id });
    expect(await rejection(assign(principalId))).toMatchObject({
      statusCode: 409,
      code: 'RoleAssignmentExists',
      message: expect.stringContaining(name.replaceAll('-', '')),
    });
    const other = held.it.azure.servicePrincipals.add({ displayName: 'other' }).id;
    expect(await rejection(assign(other, {}, name))).toMatchObject({
      code: 'RoleAssignmentUpdateNotPermitted',
    });
    expect(held.it.azure.roleAssignments).toHaveLength(1);
  });

  it.each([
    ['nobody has that id', 400, 'PrincipalNotFound', { principalId: randomUUID() }],
    ['the role is unknown', 404, 'RoleDefinitionDoesNotExist', { roleDefinitionId: `/x/${randomUUID()}` }],
    ['the principal is of another type', 400, 'UnmatchedPrincipalType', { principalType: 'User' }],
  ])('is refused when %s', async (_why, statusCode, code, more) => {
    expect(await rejection(assign(seed(), more))).toMatchObject({ statusCode, code });
    expect(held.it.azure.roleAssignments).toEqual([]);
  });

  it('is refused when it says neither who nor what', async () => {
    seed();
    const id = `${account()}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    const put = held.it.resources.resources.createOrUpdateById(id, '2022-04-01', { properties: {} });
    expect(await rejection(put.pollUntilDone())).toMatchObject({ code: 'InvalidRequestContent' });
  });

  it('is refused when its name is no GUID', async () => {
    expect(await rejection(assign(seed(), {}, 'mine'))).toMatchObject({ code: 'InvalidRoleAssignmentId' });
  });

  it('meets a new principal only after its replication', async () => {
    held.it.azure.replicationDelay = 2;
    const principalId = seed();
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      expect(await rejection(assign(principalId))).toMatchObject({
        statusCode: 400,
        code: 'PrincipalNotFound',
        message: expect.stringContaining('replication delay'),
      });
    }
    expect(await assign(principalId)).toMatchObject({ principalId });
  });

  it('may be the operator’s own', async () => {
    seed();
    expect(await assign(held.it.azure.operator.objectId)).toMatchObject({ principalType: 'User' });
  });

  it('is listed in pages', async () => {
    const { azure, authorization } = held.it;
    for (let number = 0; number < 5; number += 1) {
      azure.addRoleAssignment({ principalId: seed(), scope: account(), roleDefinitionId: roleId() });
    }
    azure.pageSize = 2;
    expect(await all(authorization.roleAssignments.listForScope(account()))).toHaveLength(5);
    expect(azure.requests).toHaveLength(3);
  });
});

describe('a role definition', () => {
  it('is found by its name and by its id', async () => {
    const { roleDefinitions } = held.it.authorization;
    const filter = "roleName eq 'Cognitive Services User'";
    const [found, ...more] = await all(roleDefinitions.list('/', { filter }));
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      name: USER_ROLE,
      roleType: 'BuiltInRole',
      permissions: [{ dataActions: ['Microsoft.CognitiveServices/*'] }],
    });
    expect(await roleDefinitions.getById(found?.id ?? '')).toEqual(found);
    expect(await rejection(roleDefinitions.getById(roleId(randomUUID())))).toMatchObject({
      statusCode: 404,
      code: 'RoleDefinitionDoesNotExist',
    });
  });

  it('of one’s own is made, listed and deleted; a built-in one is not changed', async () => {
    const { authorization, azure, group } = held.it;
    const { roleDefinitions } = authorization;
    seed();
    const name = randomUUID();
    const body = {
      roleName: 'Picture Scorer',
      permissions: [{ dataActions: ['Microsoft.CognitiveServices/accounts/CustomVision/classify/*'] }],
      assignableScopes: [group],
    };
    const made = await roleDefinitions.createOrUpdate(group, name, body);
    expect(made).toMatchObject({ name, roleType: 'CustomRole', permissions: body.permissions });
    azure.addRoleDefinition({ roleName: 'Other' });
    const filter = "type eq 'CustomRole'";
    const names = (await all(roleDefinitions.list(group, { filter }))).map(({ roleName }) => roleName);
    expect(names).toEqual(['Picture Scorer', 'Other']);
    expect(await rejection(roleDefinitions.createOrUpdate(group, randomUUID(), body))).toMatchObject({
      code: 'RoleDefinitionWithSameNameExists',
    });
    await roleDefinitions.delete(group, name);
    expect(await all(roleDefinitions.list(group, { filter }))).toHaveLength(1);
    expect(await rejection(roleDefinitions.createOrUpdate(group, USER_ROLE, body))).toMatchObject({
      statusCode: 400,
    });
  });
});
