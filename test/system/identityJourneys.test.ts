import { describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import {
  SYSTEM_ASSIGNED,
  USER_ASSIGNED,
  USER_ASSIGNED_WITHOUT_RIGHTS,
} from '../../local/identity/identities.ts';
import { type Problem, post, useStack } from '../support/journeys.ts';

const stack = useStack();

async function predictWith(settings: Record<string, string>, removed: string[] = []) {
  const all = { ...stack.current.settings, ...settings };
  const kept = Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, removed.includes(name) ? '' : value]),
  );
  const host = await stack.current.startHost({ settings: kept });
  const { jpeg } = await drawPicture(93_000_001, { size: 128 });
  const started = performance.now();
  const answer = await post(host, { body: new Uint8Array(jpeg) });
  const body = (await answer.json()) as Problem;
  return { host, status: answer.status, body, ms: performance.now() - started };
}

const lastPrincipal = () => stack.current.prediction.requests.at(-1)?.objectId;

describe('the identity that calls Custom Vision', () => {
  it.each([
    ['the system-assigned one when nothing is selected', {}, SYSTEM_ASSIGNED],
    [
      'the user-assigned one of the client id',
      { MANAGED_IDENTITY_CLIENT_ID: USER_ASSIGNED.clientId },
      USER_ASSIGNED,
    ],
    [
      'the user-assigned one of the object id',
      { MANAGED_IDENTITY_OBJECT_ID: USER_ASSIGNED.objectId },
      USER_ASSIGNED,
    ],
    [
      'the user-assigned one of the resource id',
      { MANAGED_IDENTITY_RESOURCE_ID: USER_ASSIGNED.resourceId },
      USER_ASSIGNED,
    ],
  ])('is %s', async (_, settings, identity) => {
    const { host, status } = await predictWith(settings);
    expect(status).toBe(200);
    expect(lastPrincipal()).toBe(identity.objectId);
    await host.stop();
  });

  it('without a role is told apart: who, where, which role to grant, never the token', async () => {
    const { host, status, body } = await predictWith({
      MANAGED_IDENTITY_CLIENT_ID: USER_ASSIGNED_WITHOUT_RIGHTS.clientId,
    });
    expect(status).toBe(502);
    expect(body.code).toBe('PermissionDenied');
    expect(body.detail).toContain(USER_ASSIGNED_WITHOUT_RIGHTS.objectId);
    expect(body.fix).toContain('--role "Cognitive Services User"');
    expect(JSON.stringify([body, host.logs])).not.toMatch(/eyJ[\w-]{10,}/u);
    await host.stop();
  });

  it('unknown to the endpoint is refused, not called missing', async () => {
    const { host, status, body } = await predictWith({
      MANAGED_IDENTITY_CLIENT_ID: '11111111-2222-3333-4444-555555555555',
    });
    expect(status).toBe(503);
    expect(body.code).toBe('IdentityRefused');
    expect(body.detail).toContain('No User Assigned or Delegated Managed Identity found');
    await host.stop();
  });

  it('is nobody where there is no endpoint and no sign-in: said soon, with the command to type', async () => {
    const { host, status, body, ms } = await predictWith({}, ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER']);
    expect(status).toBe(503);
    expect(body.code).toBe('IdentityUnavailable');
    expect(body.fix).toContain('az login');
    expect(ms).toBeLessThan(20_000);
    await host.stop();
  });

  it('keeps predicting while the endpoint is down and the token is good', async () => {
    const { host, status } = await predictWith({});
    expect(status).toBe(200);
    stack.current.identity.faults.always('reset');
    const { jpeg } = await drawPicture(93_000_001, { size: 128 });
    for (let call = 0; call < 5; call += 1) {
      expect((await post(host, { body: new Uint8Array(jpeg) })).status).toBe(200);
    }
    stack.current.identity.reset();
    await host.stop();
  });
});
