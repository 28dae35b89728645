import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planIdentity } from '../../../local/azure/arm/managedIdentity.ts';
import type { ArmIdentity } from '../../../local/azure/arm/resource.ts';
import { SYSTEM_ASSIGNED, USER_ASSIGNED } from '../../../local/identity/identities.ts';
import { rejection } from '../../support/secrets.ts';
import { testAzure } from './localAzure.ts';

const held = testAzure();
const WEB = '2025-03-01';
const COMMUNICATION = '2025-05-01';

const id = (type: string, name: string) => `${held.it.group}/providers/${type}/${name}`;
const SITE = 'Microsoft.Web/sites';
const USER = 'Microsoft.ManagedIdentity/userAssignedIdentities';
const siteId = () => id(SITE, 'trees');
const userId = (name: string) => id(USER, name);

function seed() {
  const { azure } = held.it;
  azure.put({ id: siteId(), type: SITE });
  for (const name of ['one', 'two']) azure.put({ id: userId(name), type: USER });
}

const patch = (identity: object) =>
  held.it.resources.resources.updateById(siteId(), WEB, { identity }).pollUntilDone();
const identityNow = () => held.it.azure.get(siteId())?.identity;
const mapNow = () => Object.keys(identityNow()?.userAssignedIdentities ?? {});
const principals = () => held.it.azure.servicePrincipals.list().map(({ id }) => id);

describe('a system-assigned identity', () => {
  it('has a service principal, which goes with it and takes its app roles along; role assignments stay', async () => {
    seed();
    const { azure } = held.it;
    await patch({ type: 'SystemAssigned' });
    const { principalId = '', tenantId } = identityNow() ?? {};
    expect(tenantId).toBe(azure.tenantId);
    const principal = azure.servicePrincipals.list().find((each) => each.id === principalId);
    expect(principal).toMatchObject({
      displayName: 'trees',
      servicePrincipalType: 'ManagedIdentity',
      alternativeNames: ['isExplicit=False', siteId()],
    });
    const api = azure.servicePrincipals.add({
      displayName: 'api',
      appRoles: [{ id: 'r', value: 'Images.Predict' }],
    });
    azure.addAppRoleAssignment({ principalId, resourceId: api.id, appRoleId: 'r' });
    azure.addRoleAssignment({ principalId, scope: siteId(), roleDefinitionId: 'x' });
    await patch({ type: 'None' });
    expect(identityNow()).toEqual({ type: 'None' });
    expect(principals()).not.toContain(principalId);
    expect(azure.appRoleAssignments).toEqual([]);
    expect(azure.roleAssignments).toMatchObject([{ principalId }]);
  });

  it('stays the same through further writes and goes with its resource', async () => {
    seed();
    await patch({ type: 'SystemAssigned' });
    const first = identityNow()?.principalId;
    await patch({ type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { [userId('one')]: {} } });
    expect(identityNow()?.principalId).toBe(first);
    await held.it.resources.resources.deleteById(siteId(), WEB);
    expect(principals()).not.toContain(first);
    expect(principals()).toHaveLength(2);
  });

  it('has the object id of its tokens when the local identity endpoint knows the resource', () => {
    const { azure } = held.it;
    const site = azure.put({
      id: SYSTEM_ASSIGNED.resourceId,
      type: SITE,
      identity: { type: 'SystemAssigned' },
    });
    const user = azure.put({ id: USER_ASSIGNED.resourceId, type: USER });
    expect(site.identity?.principalId).toBe(SYSTEM_ASSIGNED.objectId);
    expect(user.properties).toMatchObject({
      principalId: USER_ASSIGNED.objectId,
      clientId: USER_ASSIGNED.clientId,
    });
    expect(azure.servicePrincipals.list().map(({ appId }) => appId)).toEqual([
      SYSTEM_ASSIGNED.clientId,
      USER_ASSIGNED.clientId,
    ]);
  });
});

describe('user-assigned identities', () => {
  it('are added and taken away one by one by PATCH', async () => {
    seed();
    await patch({ type: 'UserAssigned', userAssignedIdentities: { [userId('one')]: {} } });
    await patch({ type: 'UserAssigned', userAssignedIdentities: { [userId('two')]: {} } });
    expect(mapNow()).toEqual([userId('one'), userId('two')]);
    expect(identityNow()?.userAssignedIdentities?.[userId('two')]).toEqual({
      principalId: held.it.azure.get(userId('two'))?.properties.principalId,
      clientId: held.it.azure.get(userId('two'))?.properties.clientId,
    });
    await patch({ type: 'UserAssigned', userAssignedIdentities: { [userId('one').toUpperCase()]: null } });
    expect(mapNow()).toEqual([userId('two')]);
  });

  it('are the map given on PUT, and none are left when the type names none', async () => {
    seed();
    const put = (identity: object) =>
      held.it.resources.resources
        .createOrUpdateById(siteId(), WEB, { location: 'westeurope', identity })
        .pollUntilDone();
    await put({
      type: 'SystemAssigned,UserAssigned',
      userAssignedIdentities: { [userId('one')]: {}, [userId('two')]: {} },
    });
    await put({ type: 'UserAssigned', userAssignedIdentities: { [userId('two')]: {} } });
    expect(identityNow()).not.toHaveProperty('principalId');
    expect(mapNow()).toEqual([userId('two')]);
    await patch({ type: 'SystemAssigned' });
    expect(identityNow()).toMatchObject({ type: 'SystemAssigned' });
    expect(mapNow()).toEqual([]);
  });

  it.each([
    ['that is not there', { type: 'UserAssigned', map: 'none' }, 'FailedIdentityOperation'],
    ['in no map', { type: 'UserAssigned' }, 'FailedIdentityOperation'],
    ['of a type without them', { type: 'SystemAssigned', map: 'one' }, 'FailedIdentityOperation'],
    ['of no such type', { type: 'Both' }, 'InvalidRequestContent'],
    ['of no type', {}, 'InvalidRequestContent'],
  ])('are refused: one %s', async (_what, { type, map }: { type?: string; map?: string }, code) => {
    seed();
    const error = await rejection(
      patch({ type, ...(map ? { userAssignedIdentities: { [userId(map)]: {} } } : {}) }),
    );
    expect(error).toMatchObject({ statusCode: 400, code });
  });

  it('are refused when an id is none of a user-assigned identity', async () => {
    seed();
    const error = await rejection(
      patch({ type: 'UserAssigned', userAssignedIdentities: { [siteId()]: {} } }),
    );
    expect(error).toMatchObject({ statusCode: 400, code: 'LinkedInvalidPropertyId' });
  });
});

describe('both kinds', () => {
  it.each([
    [SITE, WEB, 'SystemAssigned, UserAssigned'],
    ['Microsoft.Communication/communicationServices', COMMUNICATION, 'SystemAssigned,UserAssigned'],
  ])('are spelled by %s in its own way', async (type, version, spelling) => {
    seed();
    held.it.azure.put({ id: id(type, 'mail'), type });
    const answer = await held.it.resources.resources
      .updateById(id(type, 'mail'), version, {
        identity: {
          type: 'SystemAssigned, UserAssigned',
          userAssignedIdentities: { [userId('one')]: {} },
        },
      })
      .pollUntilDone();
    expect(answer.identity?.type).toBe(spelling);
    expect(answer.identity?.principalId).toBeDefined();
  });

  it('are refused where a type takes none', async () => {
    const type = 'Microsoft.Insights/components';
    held.it.azure.put({ id: id(type, 'a'), type });
    const error = await rejection(
      held.it.resources.resources
        .updateById(id(type, 'a'), '2020-02-02', { identity: { type: 'SystemAssigned' } })
        .pollUntilDone(),
    );
    expect(error).toMatchObject({ statusCode: 400, code: 'CannotSetResourceIdentity' });
  });
});

describe('the identities planned', () => {
  const ids = ['a', 'b', 'c'].map(
    (name) =>
      `/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
  );
  const rules = { resourceId: '/r', type: 't', spelling: 'SystemAssigned,UserAssigned', exists: () => true };
  const chosen = fc.subarray(ids);

  it('keep on PATCH what is not named, add what is new, and drop what is null', () => {
    fc.assert(
      fc.property(chosen, chosen, chosen, (before, added, dropped) => {
        const current: ArmIdentity = {
          type: 'UserAssigned',
          userAssignedIdentities: Object.fromEntries(before.map((each) => [each, {}])),
        };
        const map = Object.fromEntries([
          ...added.map((each) => [each, {}]),
          ...dropped.map((each) => [each, null]),
        ]);
        const wanted = ids.filter(
          (each) => !dropped.includes(each) && (before.includes(each) || added.includes(each)),
        );
        fc.pre(wanted.length > 0);
        const plan = planIdentity(
          current,
          { type: 'UserAssigned', userAssignedIdentities: map },
          'PATCH',
          rules,
        );
        expect(plan).toEqual({ system: false, user: expect.any(Array) });
        expect(plan.user.toSorted()).toEqual(wanted);
      }),
    );
  });

  it('are a plan or ARM’s 400, whatever is asked', () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom('PUT' as const, 'PATCH' as const), (asked, method) => {
        try {
          expect(planIdentity(undefined, asked, method, rules)).toHaveProperty('user');
        } catch (error) {
          expect(error).toMatchObject({ name: 'ApiError', status: 400 });
        }
      }),
    );
  });
});
