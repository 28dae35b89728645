import { ManagedIdentityCredential } from '@azure/identity';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityEndpoint } from '../../../local/identity/contract.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';
import { SYSTEM_ASSIGNED, USER_ASSIGNED } from '../../../local/identity/identities.ts';

// MSAL keeps the endpoint and its tokens for the whole process: one endpoint serves this file, and each test asks for
// a resource of its own.
let endpoint: IdentityEndpoint;
beforeAll(async () => {
  endpoint = await startIdentityEndpoint();
  Object.assign(process.env, endpoint.environment);
});
afterAll(() => endpoint.close());
beforeEach(() => endpoint.reset());

const objectIdIn = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).oid;

describe('ManagedIdentityCredential against the endpoint', () => {
  it('gets a system-assigned token, strips /.default and caches', async () => {
    const credential = new ManagedIdentityCredential();
    const first = await credential.getToken('https://cognitiveservices.azure.com/.default');
    const second = await credential.getToken('https://cognitiveservices.azure.com/.default');
    expect(objectIdIn(first.token)).toBe(SYSTEM_ASSIGNED.objectId);
    expect(second.token).toBe(first.token);
    expect(first.expiresOnTimestamp - Date.now()).toBeGreaterThan(86_000_000);
    expect(endpoint.requests).toMatchObject([
      {
        resource: 'https://cognitiveservices.azure.com',
        selector: 'system-assigned',
        status: 200,
        caller: 'app',
      },
    ]);
  });

  it('caches a resource with a trailing slash too', async () => {
    const credential = new ManagedIdentityCredential();
    const first = await credential.getToken('https://communication.azure.com//.default');
    expect((await credential.getToken('https://communication.azure.com//.default')).token).toBe(first.token);
    expect(endpoint.count('https://communication.azure.com/')).toBe(1);
  });

  it.each([
    [
      'clientId',
      () => new ManagedIdentityCredential({ clientId: USER_ASSIGNED.clientId }),
      `client_id=${USER_ASSIGNED.clientId}`,
    ],
    [
      'objectId',
      () => new ManagedIdentityCredential({ objectId: USER_ASSIGNED.objectId }),
      `object_id=${USER_ASSIGNED.objectId}`,
    ],
    [
      'resourceId',
      () => new ManagedIdentityCredential({ resourceId: USER_ASSIGNED.resourceId }),
      `mi_res_id=${USER_ASSIGNED.resourceId}`,
    ],
  ])('gets the user-assigned token by %s', async (name, credential, selector) => {
    const token = await credential().getToken(`api://${name}/.default`);
    expect(objectIdIn(token.token)).toBe(USER_ASSIGNED.objectId);
    expect(endpoint.requests).toMatchObject([{ selector, status: 200 }]);
  });

  it('keeps no token that lives under five minutes', async () => {
    endpoint.tokenLifetimeSeconds = 200;
    const credential = new ManagedIdentityCredential();
    await credential.getToken('api://short/.default');
    await credential.getToken('api://short/.default');
    expect(endpoint.count('api://short')).toBe(2);
  });

  it('passes on why an identity is refused, after one request', async () => {
    const credential = new ManagedIdentityCredential({ clientId: '00000000-0000-0000-0000-000000000009' });
    await expect(credential.getToken('api://refused/.default')).rejects.toThrow(
      /No User Assigned or Delegated Managed Identity found/,
    );
    expect(endpoint.count('api://refused')).toBe(1);
  });

  it('retries a 500 and then gets its token', async () => {
    endpoint.faults.next(500);
    await new ManagedIdentityCredential().getToken('api://shaky/.default');
    expect(endpoint.requests.map(({ status }) => status)).toEqual(['500', 200]);
    expect(endpoint.faults.injected).toEqual({ '500': 1 });
  });

  it('refuses to read a page as a token', async () => {
    endpoint.faults.next('html');
    await expect(new ManagedIdentityCredential().getToken('api://page/.default')).rejects.toThrow(/html/);
  });
});
