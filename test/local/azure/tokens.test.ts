import { describe, expect, it } from 'vitest';
import { rejection } from '../../support/secrets.ts';
import { testAzure } from './localAzure.ts';

const held = testAzure();
const ARM = 'https://management.azure.com';
const GRAPH = 'https://graph.microsoft.com';
const soon = () => Math.floor(Date.now() / 1000);

async function ask(server: 'arm' | 'graph', token?: string) {
  const { azure, get } = held.it;
  const url =
    server === 'arm'
      ? `${azure.armUrl}/subscriptions?api-version=2025-04-01`
      : `${azure.graphUrl}/v1.0/servicePrincipals`;
  const answer = await get(url, token);
  const { error } = (await answer.json()) as { error?: { code: string; message: string } };
  return { status: answer.status, challenge: answer.headers.get('www-authenticate'), ...error };
}

describe('a token', () => {
  it.each([
    ['arm' as const, ARM],
    ['arm' as const, `${ARM}/`],
    ['arm' as const, 'https://management.core.windows.net/'],
    ['graph' as const, GRAPH],
    ['graph' as const, '00000003-0000-0000-c000-000000000000'],
  ])('is taken by %s when it is for %s', async (server, resource) => {
    expect(await ask(server, await held.it.identity.issue({}, { resource }))).toMatchObject({ status: 200 });
  });

  it.each([
    ['missing', async () => undefined, 'AuthenticationFailed', 'Access token is empty'],
    ['no token', async () => 'apple', 'InvalidAuthenticationToken', 'parsing failed'],
    [
      'signed by another',
      (resource: string) => held.it.identity.issue({}, { resource, forged: true }),
      'InvalidAuthenticationToken',
      'Invalid signature',
    ],
    [
      'for another',
      () => held.it.identity.issue({}, { resource: 'https://cognitiveservices.azure.com' }),
      'InvalidAuthenticationTokenAudience',
      'Invalid audience',
    ],
    [
      'of another tenant',
      (resource: string) => held.it.identity.issue({ iss: 'https://sts.windows.net/other/' }, { resource }),
      'InvalidAuthenticationTokenTenant',
      'Invalid issuer',
    ],
    [
      'expired',
      (resource: string) => held.it.identity.issue({ exp: soon() - 60 }, { resource }),
      'ExpiredAuthenticationToken',
      'expired',
    ],
    [
      'of nobody',
      (resource: string) => held.it.identity.issue({ oid: undefined }, { resource }),
      'InvalidAuthenticationToken',
      'parsing failed',
    ],
  ])('is refused with 401 when it is %s', async (_what, issue, armCode, graphWords) => {
    const arm = await ask('arm', await issue(ARM));
    expect(arm).toMatchObject({ status: 401, code: armCode });
    expect(arm.challenge).toContain('authorization_uri="https://login.windows.net/');
    expect(await ask('graph', await issue(GRAPH))).toMatchObject({
      status: 401,
      code: 'InvalidAuthenticationToken',
      message: expect.stringContaining(graphWords),
    });
  });

  it('is known again after the keys are rotated', async () => {
    await held.it.identity.rotateKeys({ retireOld: true });
    const { resources } = held.it.resources;
    expect(
      await resources
        .checkExistenceById(`${held.it.group}/providers/Microsoft.Web/sites/a`, '2025-03-01')
        .catch((error: unknown) => error),
    ).toMatchObject({ body: false });
  });

  it('is in no log', async () => {
    const { azure, group, resources } = held.it;
    const token = await held.it.identity.issue({}, { resource: ARM });
    await ask('arm', token);
    await rejection(resources.resources.getById(group, '2025-03-01'));
    expect(azure.requests.length).toBeGreaterThan(1);
    expect(JSON.stringify(azure.requests)).not.toContain(token.slice(0, 20));
  });
});
