import type { TokenCredential } from '@azure/identity';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../local/faults.ts';
import type { IdentityEndpoint } from '../../local/identity/contract.ts';
import { startIdentityEndpoint } from '../../local/identity/endpoint.ts';
import { SYSTEM_ASSIGNED, USER_ASSIGNED } from '../../local/identity/identities.ts';
import { createCredential, credentialFor } from '../../src/identity/credential.ts';
import type { IdentityChoice } from '../../src/settings/settings.ts';
import { expectNoToken, rejection } from '../support/secrets.ts';

// MSAL keeps endpoint and tokens for the whole process: one endpoint for this file, a resource of its own for each test.
let endpoint: IdentityEndpoint;
let resource: string;
beforeAll(async () => {
  endpoint = await startIdentityEndpoint();
  Object.assign(process.env, endpoint.environment);
});
afterAll(() => endpoint.close());
beforeEach(({ task }) => {
  endpoint.reset();
  resource = `api://${task.id}`;
});

const tokenOf = async (credential: TokenCredential) => {
  const token = await credential.getToken(`${resource}/.default`);
  if (!token) throw new Error('Expected a token.');
  return token;
};
const systemAssigned = () => createCredential({ kind: 'systemAssigned' });
const refusal = (credential: TokenCredential = systemAssigned()) => rejection(tokenOf(credential));

describe('a managed identity', () => {
  it.each<[IdentityChoice, string, string]>([
    [{ kind: 'systemAssigned' }, 'system-assigned', SYSTEM_ASSIGNED.objectId],
    [
      { kind: 'clientId', id: USER_ASSIGNED.clientId },
      `client_id=${USER_ASSIGNED.clientId}`,
      USER_ASSIGNED.objectId,
    ],
    [
      { kind: 'objectId', id: USER_ASSIGNED.objectId },
      `object_id=${USER_ASSIGNED.objectId}`,
      USER_ASSIGNED.objectId,
    ],
    [
      { kind: 'resourceId', id: USER_ASSIGNED.resourceId },
      `mi_res_id=${USER_ASSIGNED.resourceId}`,
      USER_ASSIGNED.objectId,
    ],
  ])('chosen by %j gets its own token', async (choice, selector, objectId) => {
    const { token, expiresOnTimestamp } = await tokenOf(createCredential(choice));
    expect(decodeJwt(token)).toMatchObject({ oid: objectId, aud: resource });
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_600_000);
    expect(endpoint.requests).toMatchObject([{ selector, resource, status: 200 }]);
  });

  it('asks once when a thousand first calls come together', async () => {
    const credential = systemAssigned();
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => tokenOf(credential)));
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1);
    expect(endpoint.count(resource)).toBe(1);
  });

  it('asks for each of two resources once', async () => {
    const credential = systemAssigned();
    const scopes = [`${resource}/a/.default`, `${resource}/b/.default`];
    await Promise.all([...scopes, ...scopes].map((scope) => credential.getToken(scope)));
    expect(endpoint.requests.map((request) => request.resource).toSorted()).toEqual([
      `${resource}/a`,
      `${resource}/b`,
    ]);
  });

  it('gets tokens of five seconds one by one, none of them expired', async () => {
    endpoint.tokenLifetimeSeconds = 5;
    const credential = systemAssigned();
    for (let call = 1; call <= 3; call += 1) {
      expect((await tokenOf(credential)).expiresOnTimestamp).toBeGreaterThan(Date.now());
      expect(endpoint.count(resource)).toBe(call);
    }
  });
});

describe('an identity endpoint that answers amiss', () => {
  it('has no such identity: refused, naming the identity and the endpoint’s words', async () => {
    const id = '00000000-0000-0000-0000-000000000009';
    const error = await refusal(createCredential({ kind: 'clientId', id }));
    expect(error).toMatchObject({ code: 'IdentityRefused', transient: false });
    expect(String(error)).toMatch(
      new RegExp(`client id ${id}: .+HTTP 400 \\(No User Assigned or Delegated Managed Identity found`, 'u'),
    );
    expect(endpoint.count(resource)).toBe(1);
    expectNoToken(error);
  });

  it('does not know the header: refused', async () => {
    endpoint.faults.next(401);
    expect(await refusal()).toMatchObject({
      code: 'IdentityRefused',
      message: expect.stringMatching(/HTTP 401/u),
    });
  });

  it('gives an expired token: refused, and the token is not handed out', async () => {
    endpoint.tokenLifetimeSeconds = -10;
    const error = await refusal();
    expect(error).toMatchObject({
      code: 'IdentityRefused',
      message: expect.stringMatching(/already expired/u),
    });
    expectNoToken(error);
  });

  it('is too busy (429): failing, which may mend itself', async () => {
    endpoint.faults.next(429);
    expect(await refusal()).toMatchObject({
      code: 'IdentityEndpointFailing',
      transient: true,
      message: expect.stringMatching(/HTTP 429/u),
    });
  });

  it('answers 500 once: the call succeeds all the same', async () => {
    endpoint.faults.next(500);
    expect((await tokenOf(systemAssigned())).token).toMatch(/^ey/u);
  });

  it('answers 500 on and on: failing, within seconds', async () => {
    endpoint.faults.always(500);
    const started = performance.now();
    expect(await refusal()).toMatchObject({
      code: 'IdentityEndpointFailing',
      message: expect.stringMatching(/HTTP 500/u),
    });
    expect(performance.now() - started).toBeLessThan(12_000);
  });

  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';
  const page = (status: number) => ({ status, contentType: 'text/html', body: '<html>the proxy</html>' });
  const json = (value: unknown) => ({ status: 200, body: JSON.stringify(value) });
  it.each<[string, Fault]>([
    ['a page', page(200)],
    ['the page of a proxy that finds nothing good (400)', page(400)],
    ['the page of a proxy that wants to be asked first (407)', page(407)],
    ['the page of a proxy whose own way is closed (502)', page(502)],
    ['nothing', { status: 200, body: '' }],
    ['null', json(null)],
    ['a list', json([])],
    ['an empty object', json({})],
    ['JSON that is cut off', { status: 200, body: `{"access_token":"${jwt.slice(0, 40)}` }],
    ['a body that breaks off', 'truncated'],
    ['an error as if all were well', json({ error: 'busy', message: 'try later' })],
    ['a number for a token', json({ access_token: 7, expires_on: '1999999999' })],
    ['204', 'empty'],
  ])('answers %s: failing, which may mend itself, and shows no token', async (_, fault) => {
    endpoint.faults.always(fault);
    const error = await refusal();
    expect(error).toMatchObject({ code: 'IdentityEndpointFailing', transient: true });
    expectNoToken(error);
  });

  it.each<[string, Fault]>([
    ['a token without its end, which counts as its end', json({ access_token: jwt })],
    ['a token whose end is no number', json({ access_token: jwt, expires_on: 'soon' })],
    [
      'an error that holds a token',
      { status: 400, body: JSON.stringify({ message: 'no', access_token: jwt }) },
    ],
  ])('answers %s: refused, and shows no token', async (_, fault) => {
    endpoint.faults.always(fault);
    const error = await refusal();
    expect(error).toMatchObject({ code: 'IdentityRefused', transient: false });
    expectNoToken(error);
  });
});

describe('credentialFor', () => {
  it('is one credential per process, and refuses to become another', async () => {
    const choice: IdentityChoice = { kind: 'systemAssigned' };
    expect(credentialFor(choice)).toBe(credentialFor(choice));
    await tokenOf(credentialFor(choice));
    await tokenOf(credentialFor(choice));
    expect(endpoint.count(resource)).toBe(1);
    expect(() => credentialFor({ kind: 'systemAssigned' })).toThrow(/one process has one identity/u);
  });
});
