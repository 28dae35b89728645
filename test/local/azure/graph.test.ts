import { randomUUID } from 'node:crypto';
import type { AppRoleAssignment, ServicePrincipal } from '@microsoft/microsoft-graph-types';
import { describe, expect, it } from 'vitest';
import { rejection } from '../../support/secrets.ts';
import { GRAPH_SCOPE, testAzure } from './localAzure.ts';

const held = testAzure();
const ROLE = 'c4d2e6a8-0f1b-4c3d-8e5f-7a9b0c1d2e3f';

const api = () =>
  held.it.azure.servicePrincipals.add({
    displayName: 'Trees API',
    servicePrincipalNames: ['api://trees'],
    appRoles: [
      { id: ROLE, value: 'Images.Predict' },
      { id: randomUUID(), value: 'Images.Read', isEnabled: false },
    ],
  });
const app = (displayName = 'orchard-app') =>
  held.it.azure.servicePrincipals.add({ displayName, servicePrincipalType: 'ManagedIdentity' });
const list = (filter: string): Promise<{ value: ServicePrincipal[] }> =>
  held.it.graph.api('/servicePrincipals').filter(filter).get();

describe('service principals', () => {
  it.each([
    ['appId', ({ appId }: ServicePrincipal) => `appId eq '${appId}'`],
    ['display name', () => "displayName eq 'trees api'"],
    ['one of their names', () => "servicePrincipalNames/any(n:n eq 'api://trees')"],
    ['how their name begins', () => "startswith(displayName,'Trees')"],
    ['two things', () => "startswith(displayName,'Trees') and servicePrincipalType eq 'Application'"],
    ['one of two things', () => "displayName eq 'and or' or displayName eq 'Trees API'"],
  ])('are found by %s', async (_what, filterFor) => {
    const wanted = api();
    app();
    const { value } = await list(filterFor(wanted));
    expect(value.map(({ id }) => id)).toEqual([wanted.id]);
  });

  it('are read by id and by appId, whole or in part', async () => {
    const { id, appId } = api();
    const { graph } = held.it;
    const whole: ServicePrincipal = await graph.api(`/servicePrincipals/${id}`).get();
    expect(whole).toMatchObject({
      id,
      displayName: 'Trees API',
      appRoles: [{ value: 'Images.Predict' }, {}],
    });
    const part = await graph.api(`/servicePrincipals(appId='${appId}')`).select('id,appId').get();
    expect(part).toEqual({ '@odata.context': expect.any(String), id, appId });
    expect(await rejection(graph.api(`/servicePrincipals/${randomUUID()}`).get())).toMatchObject({
      statusCode: 404,
      code: 'Request_ResourceNotFound',
      requestId: expect.any(String),
    });
  });

  it('come in pages, each with a link to the next', async () => {
    for (let number = 0; number < 5; number += 1) app(`app ${number}`);
    const names: string[] = [];
    let link: string | undefined = '/servicePrincipals?$top=2&$select=displayName';
    while (link) {
      const page: { value: ServicePrincipal[]; '@odata.nextLink'?: string } = await held.it.graph
        .api(link)
        .get();
      expect(page.value.length).toBeLessThanOrEqual(2);
      names.push(...page.value.map(({ displayName }) => displayName ?? ''));
      link = page['@odata.nextLink'];
    }
    expect(names).toEqual(['app 0', 'app 1', 'app 2', 'app 3', 'app 4']);
  });

  it('are counted and searched only with ConsistencyLevel: eventual', async () => {
    api();
    app();
    const advanced = () =>
      held.it.graph.api('/servicePrincipals').filter("endswith(displayName,'API')").count(true);
    expect(await rejection(advanced().get())).toMatchObject({ code: 'Request_UnsupportedQuery' });
    const found = await advanced().header('ConsistencyLevel', 'eventual').get();
    expect(found).toMatchObject({ '@odata.count': 1, value: [{ displayName: 'Trees API' }] });
    const search = () => held.it.graph.api('/servicePrincipals').search('"displayName:orchard"');
    expect(await rejection(search().get())).toMatchObject({ statusCode: 400 });
    expect((await search().header('ConsistencyLevel', 'eventual').get()).value).toHaveLength(1);
  });

  it.each([
    ["colour eq 'red'", 'Request_UnsupportedQuery'],
    ['displayName', 'BadRequest'],
    ["displayName eq 'it's'", 'BadRequest'],
  ])('are not found by what Graph does not understand: %s', async (filter, code) => {
    expect(await rejection(list(filter))).toMatchObject({ statusCode: 400, code });
  });

  it('are not listed a thousand at once, and nothing else is here', async () => {
    const { graph } = held.it;
    expect(await rejection(graph.api('/servicePrincipals').top(1000).get())).toMatchObject({
      message: expect.stringContaining('Must be between 1 and 999'),
    });
    expect(await rejection(graph.api('/trees').get())).toMatchObject({
      message: "Resource not found for the segment 'trees'.",
    });
  });
});

describe('app role assignments', () => {
  it('are granted from either side, listed on both, and taken back', async () => {
    const { graph, azure } = held.it;
    const [resource, principal, other] = [api(), app(), app('other')];
    const body = (principalId: string) => ({ principalId, resourceId: resource.id, appRoleId: ROLE });
    const granted: AppRoleAssignment = await graph
      .api(`/servicePrincipals/${principal.id}/appRoleAssignments`)
      .post(body(principal.id));
    expect(granted).toMatchObject({ principalDisplayName: 'orchard-app', resourceDisplayName: 'Trees API' });
    await graph.api(`/servicePrincipals/${resource.id}/appRoleAssignedTo`).post(body(other.id));
    const { value } = await graph.api(`/servicePrincipals/${resource.id}/appRoleAssignedTo`).get();
    expect(value.map((each: AppRoleAssignment) => each.principalId)).toEqual([principal.id, other.id]);
    const own = await graph.api(`/servicePrincipals/${principal.id}/appRoleAssignments`).get();
    expect(own.value).toMatchObject([{ id: granted.id, appRoleId: ROLE }]);
    const path = `/servicePrincipals/${principal.id}/appRoleAssignments/${granted.id}`;
    await graph.api(path).delete();
    expect(azure.appRoleAssignments).toMatchObject([{ principalId: other.id }]);
    expect(await rejection(graph.api(path).delete())).toMatchObject({ code: 'Request_ResourceNotFound' });
  });

  it.each([
    ['granted already', {}, 400, 'Permission being assigned already exists on the object'],
    ['of a role that is not there', { appRoleId: randomUUID() }, 400, 'was not found on application'],
    ['of an API that is not there', { resourceId: randomUUID() }, 404, 'does not exist'],
    [
      'to another than the one in the path',
      { principalId: randomUUID() },
      400,
      'Not a valid reference update',
    ],
    ['of no role at all', { appRoleId: undefined }, 400, "The property 'appRoleId' is required"],
  ])('are refused when %s', async (_what, more, statusCode, message) => {
    const [resource, principal] = [api(), app()];
    const grant = { principalId: principal.id, resourceId: resource.id, appRoleId: ROLE };
    held.it.azure.addAppRoleAssignment(grant);
    const path = `/servicePrincipals/${principal.id}/appRoleAssignments`;
    const error = await rejection(held.it.graph.api(path).post({ ...grant, ...more }));
    expect(error).toMatchObject({ statusCode, message: expect.stringContaining(message) });
    expect(held.it.azure.appRoleAssignments).toHaveLength(1);
  });

  it('of a disabled role are refused', async () => {
    const [resource, principal] = [api(), app()];
    const appRoleId = resource.appRoles[1]?.id;
    const path = `/servicePrincipals/${principal.id}/appRoleAssignments`;
    const post = held.it.graph
      .api(path)
      .post({ principalId: principal.id, resourceId: resource.id, appRoleId });
    expect(await rejection(post)).toMatchObject({ code: 'Request_BadRequest' });
  });
});

describe('Graph refuses', () => {
  it('who may read but not write, and who may do nothing', async () => {
    const { id } = api();
    held.it.azure.deny('graph/write');
    expect(await list(`id eq '${id}'`)).toMatchObject({ value: [{ id }] });
    const post = () => held.it.graph.api(`/servicePrincipals/${id}/appRoleAssignedTo`).post({});
    const denied = { statusCode: 403, code: 'Authorization_RequestDenied' };
    expect(await rejection(post())).toMatchObject(denied);
    held.it.azure.deny('graph');
    expect(await rejection(list(`id eq '${id}'`))).toMatchObject(denied);
  });

  it('with 429 when told, in its own words', async () => {
    const { azure, credential, get } = held.it;
    azure.faults.next({ status: 429, headers: { 'retry-after': '1' } });
    const token = await credential.getToken(GRAPH_SCOPE);
    const answer = await get(`${azure.graphUrl}/v1.0/servicePrincipals`, token?.token);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await answer.json()).toMatchObject({ error: { code: 'TooManyRequests' } });
  });
});
