import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityEndpoint } from '../../../local/identity/contract.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';
import {
  SYSTEM_ASSIGNED,
  USER_ASSIGNED,
  USER_ASSIGNED_WITHOUT_RIGHTS,
} from '../../../local/identity/identities.ts';

const RESOURCE = 'https://cognitiveservices.azure.com';

let endpoint: IdentityEndpoint;
beforeAll(async () => {
  endpoint = await startIdentityEndpoint();
});
afterAll(() => endpoint.close());
beforeEach(() => endpoint.reset());

async function ask(
  query: Record<string, string> = {},
  headers: Record<string, string> = { 'X-IDENTITY-HEADER': endpoint.environment.IDENTITY_HEADER },
) {
  const parameters = new URLSearchParams({ 'api-version': '2019-08-01', resource: RESOURCE, ...query });
  const answer = await fetch(`${endpoint.url}?${parameters}`, { headers });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

const claimsOf = (token = '') =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('the answer to a token request', () => {
  it('has the members and types that App Service gives', async () => {
    endpoint.tokenLifetimeSeconds = 4_000;
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(
      ['access_token', 'client_id', 'expires_on', 'not_before', 'resource', 'token_type'].sort(),
    );
    expect(body).toMatchObject({
      client_id: SYSTEM_ASSIGNED.clientId,
      resource: RESOURCE,
      token_type: 'Bearer',
    });
    expect(body.expires_on).toMatch(/^\d{10}$/);
    expect(Number(body.expires_on) - Number(body.not_before)).toBe(4_000);
  });

  it('holds the claims of a v1 token of a managed identity', async () => {
    const { body } = await ask();
    expect(claimsOf(body.access_token)).toMatchObject({
      aud: RESOURCE,
      iss: `https://sts.windows.net/${endpoint.tenantId}/`,
      exp: Number(body.expires_on),
      appid: SYSTEM_ASSIGNED.clientId,
      appidacr: '2',
      idp: endpoint.issuer,
      idtyp: 'app',
      oid: SYSTEM_ASSIGNED.objectId,
      sub: SYSTEM_ASSIGNED.objectId,
      tid: endpoint.tenantId,
      ver: '1.0',
      xms_mirid: SYSTEM_ASSIGNED.resourceId,
    });
    expect(claimsOf(body.access_token)).not.toHaveProperty('roles');
  });

  it.each([
    'https://cognitiveservices.azure.com/',
    'https://communication.azure.com/',
    'api://5f0f3c1e-0000-4000-8000-000000000000',
  ])('echoes the resource %s exactly, slash and all', async (resource) => {
    const { body } = await ask({ resource });
    expect(body.resource).toBe(resource);
    expect(claimsOf(body.access_token).aud).toBe(resource);
  });
});

describe('which identity is meant', () => {
  it.each([
    ['client_id', USER_ASSIGNED.clientId],
    ['client_id', USER_ASSIGNED.clientId.toUpperCase()],
    ['principal_id', USER_ASSIGNED.objectId],
    ['object_id', USER_ASSIGNED.objectId],
    ['mi_res_id', USER_ASSIGNED.resourceId],
  ])('%s=%s means the user-assigned one', async (parameter, value) => {
    const { body } = await ask({ [parameter]: value });
    expect(claimsOf(body.access_token).oid).toBe(USER_ASSIGNED.objectId);
  });

  it('refuses an identity that the app does not have, in the words of App Service', async () => {
    expect(await ask({ client_id: '00000000-0000-0000-0000-000000000001' })).toEqual({
      status: 400,
      body: {
        statusCode: 400,
        message:
          'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
      },
    });
  });

  it('refuses a request without selector when there is no system-assigned identity', async () => {
    const other = await startIdentityEndpoint({ identities: [USER_ASSIGNED] });
    try {
      const answer = await fetch(`${other.url}?api-version=2019-08-01&resource=${RESOURCE}`, {
        headers: { 'X-IDENTITY-HEADER': other.environment.IDENTITY_HEADER },
      });
      expect(answer.status).toBe(400);
    } finally {
      await other.close();
    }
  });

  it('refuses two selectors', async () => {
    const both = { client_id: USER_ASSIGNED.clientId, mi_res_id: USER_ASSIGNED.resourceId };
    expect(await ask(both)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('At most one') },
    });
  });
});

describe('a request that is not in order', () => {
  it.each([
    ['without header', {}],
    ['with a wrong header', { 'X-IDENTITY-HEADER': 'guessed' }],
  ])('is refused with 401 %s', async (_, headers) => {
    expect(await ask({}, headers)).toMatchObject({ status: 401, body: { statusCode: 401 } });
  });

  it.each([
    ['an empty resource', { resource: '' }],
    ['another api-version', { 'api-version': '2017-09-01' }],
  ])('is refused with 400 for %s', async (_, query) => {
    expect(await ask(query)).toMatchObject({ status: 400, body: { statusCode: 400 } });
  });

  it('is refused with 405 when it is a POST, and with 404 at another path', async () => {
    expect((await fetch(endpoint.url, { method: 'POST' })).status).toBe(405);
    expect((await fetch(new URL('/elsewhere', endpoint.url))).status).toBe(404);
  });
});

describe('the log', () => {
  it('tells who asked for what with which answer, and holds no token or header', async () => {
    const host = endpoint.addCaller('host');
    const { body } = await ask();
    await ask({ client_id: 'nobody', resource: 'https://storage.azure.com/' }, { 'X-IDENTITY-HEADER': host });
    await ask({}, {});
    expect(endpoint.requests).toMatchObject([
      { resource: RESOURCE, selector: 'system-assigned', status: 200, caller: 'app' },
      { resource: 'https://storage.azure.com/', selector: 'client_id=nobody', status: 400, caller: 'host' },
      { resource: RESOURCE, selector: 'system-assigned', status: 401, caller: 'unknown' },
    ]);
    expect([endpoint.count(), endpoint.count(RESOURCE), endpoint.count(RESOURCE, 'app')]).toEqual([3, 2, 1]);
    const written = JSON.stringify(endpoint.requests);
    for (const secret of [body.access_token, host, endpoint.environment.IDENTITY_HEADER]) {
      expect(secret).toBeTruthy();
      expect(written).not.toContain(secret);
    }
  });
});

describe('app roles', () => {
  const API = 'api://11111111-2222-4333-8444-555555555555';

  it('are in the token of the identity and the API they were granted for, and nowhere else', async () => {
    endpoint.grant('user-assigned', API, ['Images.Predict', 'Images.Read']);
    const rolesOf = async (query: Record<string, string>) =>
      claimsOf((await ask(query)).body.access_token).roles;
    const client_id = USER_ASSIGNED.clientId;
    expect(await rolesOf({ resource: API, client_id })).toEqual(['Images.Predict', 'Images.Read']);
    expect(await rolesOf({ resource: API })).toBeUndefined();
    expect(await rolesOf({ client_id })).toBeUndefined();
    endpoint.revoke('user-assigned', API, ['Images.Read']);
    expect(await rolesOf({ resource: API, client_id })).toEqual(['Images.Predict']);
    endpoint.revoke('user-assigned', API);
    expect(await rolesOf({ resource: API, client_id })).toBeUndefined();
  });

  it('cannot be granted to an identity that is not there, and the error names those that are', () => {
    expect(() => endpoint.grant('typo', API, ['Images.Predict'])).toThrow(
      /'typo'.*system-assigned, user-assigned/,
    );
  });
});

describe('azure role assignments', () => {
  it('are held by two of the three default identities, per account, and come back with a reset', () => {
    const { assignments } = endpoint;
    const role = 'Cognitive Services User';
    const holds = () =>
      [SYSTEM_ASSIGNED, USER_ASSIGNED, USER_ASSIGNED_WITHOUT_RIGHTS].map(({ objectId }) =>
        assignments.has(objectId, 'keyless-vision-prediction', role),
      );
    expect(holds()).toEqual([true, true, false]);
    expect(assignments.has(SYSTEM_ASSIGNED.objectId, 'another-account', role)).toBe(false);
    assignments.revoke(SYSTEM_ASSIGNED.objectId, 'keyless-vision-prediction');
    assignments.grant(USER_ASSIGNED_WITHOUT_RIGHTS.objectId, 'keyless-vision-prediction', role);
    expect(holds()).toEqual([false, true, true]);
    endpoint.reset();
    expect(holds()).toEqual([true, true, false]);
  });
});
