import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FaultKind } from '../../local/faults.ts';
import type { IdentityEndpoint } from '../../local/identity/contract.ts';
import { startIdentityEndpoint } from '../../local/identity/endpoint.ts';
import { createCredential } from '../../src/identity/credential.ts';
import { expectNoToken, rejection } from '../support/secrets.ts';

/** Short, so that half of it passes soon. */
const LIFETIME_SECONDS = 200;
const PAST_HALF_MS = 110_000;

let endpoint: IdentityEndpoint;
let scope: string;
beforeAll(async () => {
  endpoint = await startIdentityEndpoint({ tokenLifetimeSeconds: LIFETIME_SECONDS });
  Object.assign(process.env, endpoint.environment);
});
afterAll(() => endpoint.close());
beforeEach(({ task }) => {
  endpoint.reset();
  scope = `api://${task.id}/.default`;
});

describe('a token past half its life', () => {
  it.each<FaultKind | number>([500, 429, 'reset', 'hang', 'html'])(
    'serves every call at once while its renewal meets %s',
    async (fault) => {
      let passed = 0;
      const now = () => Date.now() + passed;
      const credential = createCredential({ kind: 'systemAssigned' }, { now, timeoutMs: 300 });
      const first = await credential.getToken(scope);
      endpoint.faults.always(fault);
      passed = PAST_HALF_MS;
      const started = performance.now();
      const tokens = await Promise.all(Array.from({ length: 100 }, () => credential.getToken(scope)));
      expect(performance.now() - started).toBeLessThan(250);
      expect(new Set(tokens)).toEqual(new Set([first]));
      await vi.waitFor(() => expect(endpoint.faults.injected[String(fault)]).toBeGreaterThanOrEqual(1));
      await sleep(50);
      expect(await credential.getToken(scope)).toBe(first);
    },
  );

  it('is replaced by one request, whose token later calls get', async () => {
    let passed = 0;
    const credential = createCredential({ kind: 'systemAssigned' }, { now: () => Date.now() + passed });
    const first = await credential.getToken(scope);
    passed = PAST_HALF_MS;
    await Promise.all(Array.from({ length: 100 }, () => credential.getToken(scope)));
    await vi.waitFor(async () => expect((await credential.getToken(scope))?.token).not.toBe(first?.token));
    // others may still come for the tests before, which MSAL tries again for some seconds
    const own = endpoint.requests.filter(({ resource }) => `${resource}/.default` === scope);
    expect(own).toHaveLength(2);
  });
});

describe('an identity endpoint that hangs', () => {
  it('is given up after the limit, as failing', async () => {
    endpoint.faults.always('hang');
    const credential = createCredential({ kind: 'systemAssigned' }, { timeoutMs: 300 });
    const started = performance.now();
    const error = await rejection(credential.getToken(scope));
    expect(error).toMatchObject({
      code: 'IdentityEndpointFailing',
      transient: true,
      message: expect.stringMatching(/did not answer/u),
    });
    expect(performance.now() - started).toBeLessThan(2_000);
    expectNoToken(error);
  });

  it('is asked again by the next call, which succeeds when it answers', async () => {
    endpoint.faults.always('hang');
    const credential = createCredential({ kind: 'systemAssigned' }, { timeoutMs: 300 });
    await rejection(credential.getToken(scope));
    endpoint.faults.always(undefined);
    expect((await credential.getToken(scope))?.token).toMatch(/^ey/u);
  });
});
