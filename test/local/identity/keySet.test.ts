import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IdentityEndpoint } from '../../../local/identity/contract.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';

let endpoint: IdentityEndpoint;
beforeAll(async () => {
  endpoint = await startIdentityEndpoint({ tenantId: 'f0000000-1111-4222-8333-444444444444' });
});
afterAll(() => endpoint.close());

/** As an API does it: metadata first, then the keys it names. */
async function verifyByMetadata(token: string, path = ''): Promise<JWTPayload> {
  const address = `${endpoint.authority}/${endpoint.tenantId}${path}/.well-known/openid-configuration`;
  const metadata = (await (await fetch(address)).json()) as { issuer: string; jwks_uri: string };
  const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));
  return (await jwtVerify(token, keys, { issuer: metadata.issuer, algorithms: ['RS256'] })).payload;
}

describe('the published metadata and key set', () => {
  it('verify an issued v1 token', async () => {
    const payload = await verifyByMetadata(await endpoint.issue());
    expect(payload.iss).toBe('https://sts.windows.net/f0000000-1111-4222-8333-444444444444/');
  });

  it('verify a v2 token through the v2 documents', async () => {
    const token = await endpoint.issue({
      iss: endpoint.issuerV2,
      ver: '2.0',
      azp: 'caller',
      appid: undefined,
    });
    const payload = await verifyByMetadata(token, '/v2.0');
    expect(payload).toMatchObject({ ver: '2.0', azp: 'caller', tid: endpoint.tenantId });
    expect(payload).not.toHaveProperty('appid');
    await expect(verifyByMetadata(token)).rejects.toThrow(/iss/);
  });

  it('do not verify a forged token, though it names a published key', async () => {
    await expect(verifyByMetadata(await endpoint.issue({}, { forged: true }))).rejects.toThrow(/signature/);
  });

  it('publish no private part of a key', async () => {
    const published = (await (await fetch(endpoint.keySetUrl)).json()) as { keys: Record<string, unknown>[] };
    expect(published).toEqual(endpoint.keySet);
    expect(Object.keys(published.keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });
});

describe('rotated keys', () => {
  it('leave older tokens valid until the old key is retired', async () => {
    const old = await endpoint.issue();
    await endpoint.rotateKeys();
    expect(endpoint.keySet.keys.length).toBe(2);
    await verifyByMetadata(await endpoint.issue());
    await verifyByMetadata(old);
    await endpoint.rotateKeys({ retireOld: true });
    await verifyByMetadata(await endpoint.issue());
    await expect(verifyByMetadata(old)).rejects.toThrow(/no applicable key/);
  });
});
