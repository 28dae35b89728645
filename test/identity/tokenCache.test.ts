import type { AccessToken, TokenCredential } from '@azure/identity';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTokenCache } from '../../src/identity/tokenCache.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SCOPE = 'https://cognitiveservices.azure.com/.default';

let clock = 0;
let asked: string[] = [];
let answer: () => Promise<AccessToken | null>;
const source: TokenCredential = {
  getToken: async (scope) => {
    asked.push(String(scope));
    return await answer();
  },
};
const cache = () => createTokenCache(source, () => clock);
const issue =
  (life: number, more: Partial<AccessToken> = {}) =>
  async (): Promise<AccessToken> => ({
    token: `token-${asked.length}`,
    expiresOnTimestamp: clock + life,
    ...more,
  });
/** Lets what runs in the background run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  clock = 1_000_000_000;
  asked = [];
  answer = issue(HOUR);
});

describe('the token cache', () => {
  it('makes one request of a thousand concurrent first calls', async () => {
    const credential = cache();
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => credential.getToken(SCOPE)));
    expect(new Set(tokens.map((each) => each?.token))).toEqual(new Set(['token-1']));
    expect(asked).toHaveLength(1);
  });

  it('keeps the tokens of two scopes apart', async () => {
    const credential = cache();
    await Promise.all([
      credential.getToken(SCOPE),
      credential.getToken('https://storage.azure.com/.default'),
    ]);
    expect(asked).toEqual([SCOPE, 'https://storage.azure.com/.default']);
    expect(await credential.getToken([SCOPE])).toMatchObject({ token: 'token-1' });
  });

  it.each([[[]], [['a', 'b']], [''], [['']]])('refuses %j: a token is for one scope', async (scopes) => {
    await expect(cache().getToken(scopes)).rejects.toThrow(/for one scope/u);
    expect(asked).toEqual([]);
  });

  it('passes a failure to everybody who waits, and asks anew at the next call', async () => {
    const credential = cache();
    answer = () => Promise.reject(new Error('down'));
    const calls = [credential.getToken(SCOPE), credential.getToken(SCOPE)];
    for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected');
    answer = issue(HOUR);
    expect(await credential.getToken(SCOPE)).toMatchObject({ token: 'token-2' });
  });

  it('renews in the background when the token says so, and hands out the new one from then on', async () => {
    const credential = cache();
    answer = issue(24 * HOUR, { refreshAfterTimestamp: clock + 12 * HOUR });
    await credential.getToken(SCOPE);
    clock += 12 * HOUR - 1;
    await credential.getToken(SCOPE);
    expect(asked).toHaveLength(1);
    clock += 1;
    expect(await credential.getToken(SCOPE)).toMatchObject({ token: 'token-1' });
    await settle();
    expect(await credential.getToken(SCOPE)).toMatchObject({ token: 'token-2' });
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['an hour', HOUR, 55 * MINUTE],
    ['four minutes', 4 * MINUTE, 2 * MINUTE],
  ])('renews a token of %s ahead of its end', async (_, life, due) => {
    const credential = cache();
    answer = issue(life);
    await credential.getToken(SCOPE);
    clock += due - 1;
    await credential.getToken(SCOPE);
    expect(asked).toHaveLength(1);
    clock += 1;
    await credential.getToken(SCOPE);
    expect(asked).toHaveLength(2);
  });

  it('fails no call while a renewal fails, and tries it again only after half a minute', async () => {
    const credential = cache();
    await credential.getToken(SCOPE);
    clock += 56 * MINUTE;
    answer = () => Promise.reject(new Error('down'));
    for (let call = 0; call < 10; call += 1) {
      expect(await credential.getToken(SCOPE)).toMatchObject({ token: 'token-1' });
      await settle();
    }
    expect(asked).toHaveLength(2);
    clock += 30_000;
    await credential.getToken(SCOPE);
    expect(asked).toHaveLength(3);
  });

  it('does not storm a source that keeps giving the same token', async () => {
    const credential = cache();
    const same = { token: 'same', expiresOnTimestamp: clock + HOUR };
    answer = async () => same;
    for (let seconds = 0; seconds < 50 * 60; seconds += 60, clock += MINUTE) await credential.getToken(SCOPE);
    expect(asked).toHaveLength(1);
    clock += 5 * MINUTE;
    for (let call = 0; call < 20; call += 1, clock += 1_000) {
      await credential.getToken(SCOPE);
      await settle();
    }
    expect(asked).toHaveLength(2);
  });

  it('waits for a new token when the old one has hardly any time left', async () => {
    const credential = cache();
    await credential.getToken(SCOPE);
    clock += HOUR - 10_000;
    expect(await credential.getToken(SCOPE)).toMatchObject({ token: 'token-2' });
  });

  it.each<[string, () => Promise<AccessToken | null>, string]>([
    ['is already expired', async () => ({ token: 'old', expiresOnTimestamp: clock }), 'IdentityRefused'],
    [
      'expires this very second',
      async () => ({ token: 'old', expiresOnTimestamp: clock + 999 }),
      'IdentityRefused',
    ],
    ['has no end', async () => ({ token: 'old', expiresOnTimestamp: Number.NaN }), 'IdentityEndpointFailing'],
    ['is empty', async () => ({ token: '', expiresOnTimestamp: clock + HOUR }), 'IdentityEndpointFailing'],
    ['is missing', async () => null, 'IdentityEndpointFailing'],
  ])('takes no token that %s', async (_, given, code) => {
    answer = given;
    await expect(cache().getToken(SCOPE)).rejects.toMatchObject({ code });
  });

  it('never hands out an expired token, whatever the source does and however time passes', async () => {
    const step = fc.record({
      pass: fc.integer({ min: 0, max: 2 * HOUR }),
      life: fc.oneof(fc.integer({ min: -MINUTE, max: 2 * HOUR }), fc.constant(5_000)),
      fails: fc.boolean(),
      refreshAfter: fc.option(fc.integer({ min: -MINUTE, max: 2 * HOUR }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const credential = cache();
        for (const { pass, life, fails, refreshAfter } of steps) {
          clock += pass;
          answer = fails
            ? () => Promise.reject(new Error('down'))
            : issue(life, refreshAfter === undefined ? {} : { refreshAfterTimestamp: clock + refreshAfter });
          const token = await credential.getToken(SCOPE).catch(() => undefined);
          if (token) expect(token.expiresOnTimestamp).toBeGreaterThan(clock);
          await settle();
        }
      }),
      { numRuns: 200 },
    );
  });
});
