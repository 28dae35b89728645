import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FaultKind } from '../../../local/faults.ts';
import { type CallerCheckOptions, createCallerCheck } from '../../../src/identity/callers/callers.ts';
import type { EntraCallers } from '../../../src/settings/callers.ts';
import { expectNoToken, rejection } from '../../support/secrets.ts';
import { type Authority, PREDICT, startAuthority, TENANT } from './callersAuthority.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let authority: Authority;
let passed = 0;
beforeAll(async () => {
  authority = await startAuthority();
});
afterAll(() => authority.close());
beforeEach(() => {
  authority.asked.length = 0;
  authority.faults.clear();
  authority.rewrite = undefined;
  passed = 0;
});

/** A check with a clock of its own, as new as a process that just started; tokens outlive whatever passes. */
function cold(options: CallerCheckOptions = {}, own: Partial<EntraCallers> = {}) {
  const check = createCallerCheck(
    { ...authority.auth, ...own },
    { now: () => Date.now() + passed, timeoutMs: 1_000, ...options },
  );
  return async (token?: string) =>
    check.authorize(`Bearer ${token ?? (await authority.v1({ exp: 4e9 }))}`, PREDICT);
}
const unknownKey = async () => {
  const [, claims, signature] = (await authority.v1({ exp: 4e9 })).split('.');
  const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'unknown' })).toString('base64url');
  return `${header}.${claims}.${signature}`;
};
const DOCUMENTS = {
  v1: [`/${TENANT}/.well-known/openid-configuration`, `/${TENANT}/discovery/keys`],
  v2: [`/${TENANT}/v2.0/.well-known/openid-configuration`, `/${TENANT}/discovery/v2.0/keys`],
};

describe('the keys of callers', () => {
  it('are asked for by nobody before the first token, nor by what is no token', async () => {
    const authorize = cold();
    await rejection(authorize('garbage'));
    expect(authority.asked).toEqual([]);
  });

  it('are fetched once for a thousand callers at the same time, and then known', async () => {
    const authorize = cold();
    const token = await authority.v1();
    const callers = await Promise.all(Array.from({ length: 1_000 }, () => authorize(token)));
    expect(callers).toHaveLength(1_000);
    expect(authority.asked).toEqual(DOCUMENTS.v1);
    await authorize(token);
    expect(authority.asked).toHaveLength(2);
  });

  it('are those of the token’s version', async () => {
    await cold()(await authority.v2());
    expect(authority.asked).toEqual(DOCUMENTS.v2);
  });

  it('of an authority with an issuer of its own, as sovereign clouds have, are good for that issuer', async () => {
    const issuer = `https://sts.example.us/${TENANT}/`;
    authority.rewrite = (_path, document) => ('issuer' in document ? { ...document, issuer } : undefined);
    const authorize = cold();
    expect(await authorize(await authority.v1({ iss: issuer }))).toMatchObject({ version: '1.0' });
    expect(await rejection(authorize())).toMatchObject({ code: 'TokenIssuerWrong' });
  });

  it('need no alg, which Entra’s do not have, and stand beside keys that do not sign', async () => {
    authority.rewrite = (_path, { keys }) =>
      Array.isArray(keys)
        ? {
            keys: [
              null,
              { kty: 'EC', kid: 'ec' },
              { kty: 'RSA', kid: 'encrypts', use: 'enc', n: 'AQAB', e: 'AQAB' },
              ...keys.map((key: object) => ({ ...key, alg: undefined, x5t: 'x' })),
            ],
          }
        : undefined;
    expect(await cold()()).toMatchObject({ version: '1.0' });
  });
});

describe('a key that rolled', () => {
  it('is fetched when the first token names it, once for all that do', async () => {
    const authorize = cold();
    await authorize();
    await authority.endpoint.rotateKeys();
    const token = await authority.v1({ exp: 4e9 });
    passed = 5 * MINUTE;
    await Promise.all(Array.from({ length: 100 }, () => authorize(token)));
    expect(authority.asked).toEqual([...DOCUMENTS.v1, ...DOCUMENTS.v1]);
  });

  it('is no longer good once it is retired and the keys were fetched anew', async () => {
    const authorize = cold();
    const old = await authority.v1({ exp: 4e9 });
    await authorize(old);
    await authority.endpoint.rotateKeys({ retireOld: true });
    passed = 5 * MINUTE;
    await authorize();
    expect(await rejection(authorize(old))).toMatchObject({ code: 'TokenSignatureInvalid' });
  });

  it('is not asked for again within five minutes, however many tokens name unknown keys', async () => {
    const authorize = cold();
    await authorize();
    const token = await unknownKey();
    for (let minute = 0; minute < 15; minute += 1, passed += MINUTE) {
      for (let call = 0; call < 5; call += 1) {
        expect(await rejection(authorize(token))).toMatchObject({ code: 'TokenSignatureInvalid' });
      }
    }
    expect(authority.asked).toHaveLength(2 + 2 * 2);
  });

  it('may be asked for sooner where the floor is lower', async () => {
    const authorize = cold({ refetchFloorMs: 1_000 });
    await authorize();
    await authority.endpoint.rotateKeys({ retireOld: true });
    expect(await rejection(authorize())).toMatchObject({ code: 'TokenSignatureInvalid' });
    passed = 1_000;
    expect(await authorize()).toMatchObject({ version: '1.0' });
  });

  it('is found without an unknown one once the known keys are a day old, in the background', async () => {
    const authorize = cold();
    const old = await authority.v1({ exp: 4e9 });
    await authorize(old);
    await authority.endpoint.rotateKeys({ retireOld: true });
    passed = DAY;
    expect(await authorize(old)).toMatchObject({ version: '1.0' });
    await vi.waitFor(async () =>
      expect(await rejection(authorize(old))).toMatchObject({ code: 'TokenSignatureInvalid' }),
    );
    expect(authority.asked).toHaveLength(4);
  });
});

describe('an authority in trouble', () => {
  const troubles: (FaultKind | number)[] = [
    500,
    404,
    'reset',
    'close',
    'hang',
    'html',
    'empty',
    'redirect',
    'truncated',
  ];

  it.each(troubles)('with %s leaves new processes without keys, and says so in time', async (fault) => {
    authority.faults.always(fault);
    const authorize = cold({ timeoutMs: 200 });
    const started = performance.now();
    const error = await rejection(authorize());
    expect(error).toMatchObject({
      code: 'CallerKeysUnavailable',
      transient: true,
      retryAfterSeconds: 5,
      message: expect.stringContaining('/.well-known/openid-configuration'),
    });
    expectNoToken(error);
    if (typeof fault === 'number') expect(String(error)).toContain(`answered HTTP ${fault}.`);
    expect(performance.now() - started).toBeLessThan(2_000);
    authority.faults.clear();
    expect(await authorize()).toMatchObject({ version: '1.0' });
  });

  it.each<FaultKind | number>([503, 'hang'])('with %s fails no caller whose key is known', async (fault) => {
    const authorize = cold({ timeoutMs: 200 });
    await authorize();
    authority.faults.always(fault);
    for (passed = DAY; passed < DAY + 5 * MINUTE; passed += MINUTE) {
      expect(await authorize()).toMatchObject({ version: '1.0' });
    }
    expect(await rejection(authorize(await unknownKey()))).toMatchObject({ code: 'CallerKeysUnavailable' });
    expect(await authorize()).toMatchObject({ version: '1.0' });
    authority.faults.clear();
    await vi.waitFor(async () => {
      passed += MINUTE; // the last request may still be hanging
      expect(await rejection(authorize(await unknownKey()))).toMatchObject({ code: 'TokenSignatureInvalid' });
    });
  });

  it('is asked once at a time and half a minute apart while unknown keys keep coming', async () => {
    const authorize = cold();
    await authorize();
    authority.faults.always(500);
    passed = 5 * MINUTE;
    const token = await unknownKey();
    for (let second = 0; second < 60; second += 1, passed += 1_000) {
      await Promise.all(Array.from({ length: 5 }, () => rejection(authorize(token))));
    }
    expect(authority.asked).toHaveLength(2 + 2);
  });

  it('that answers with no key at all loses none of those known', async () => {
    const authorize = cold();
    await authorize();
    authority.rewrite = (_path, document) => ('keys' in document ? { keys: [] } : undefined);
    passed = 5 * MINUTE;
    expect(await rejection(authorize(await unknownKey()))).toMatchObject({ code: 'CallerKeysUnavailable' });
    expect(await authorize()).toMatchObject({ version: '1.0' });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['another tenant’s issuer', { issuer: 'https://sts.windows.net/common/' }, /another tenant/u],
    ['a template for an issuer', { issuer: 'https://sts.windows.net/{tenantid}/' }, /another tenant/u],
    ['a key set in the clear elsewhere', { jwks_uri: 'http://keys.example/keys' }, /https:\/\//u],
    ['a key set in a file', { jwks_uri: 'file:///etc/keys' }, /https:\/\//u],
    ['no key set', { jwks_uri: undefined }, /other JSON/u],
    ['no more than a megabyte’s worth of sense', { padding: 'x'.repeat(2_000_000) }, /MAX_SIZE/u],
  ])('is not believed with %s in its metadata', async (_, change, message) => {
    authority.rewrite = (_path, document) => ('issuer' in document ? { ...document, ...change } : undefined);
    expect(await rejection(cold()())).toMatchObject({
      code: 'CallerKeysUnavailable',
      message: expect.stringMatching(message),
    });
  });

  it('that is not there at all is named with what the connection said', async () => {
    const nobody = cold({}, { authority: 'http://127.0.0.1:1' });
    expect(await rejection(nobody())).toMatchObject({
      code: 'CallerKeysUnavailable',
      message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/.*\(ECONNREFUSED\)\.$/u),
      cause: expect.any(Error),
    });
  });
});
