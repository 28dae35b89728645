import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/faults.ts';
import { claimsOf } from '../../src/cli/token/claims.ts';
import { describeToken, durationText, type TokenDescription } from '../../src/cli/token/description.ts';
import { checkRole } from '../../src/cli/token/roleCheck.ts';
import { readScope, scopeOfApi } from '../../src/cli/token/scope.ts';

const API = 'api://keyless-vision';
const ID = '0f0c1a52-2f4e-4a0b-9a3b-6d0a4c1f7e11';

describe('a scope', () => {
  it.each([
    `${API}/.default`,
    'https://storage.azure.com/.default',
    'https://storage.azure.com//.default',
    `${ID}/.default`,
  ])('may be %s', (scope) => {
    expect(readScope(` ${scope} `)).toBe(scope);
  });

  it.each<[string, RegExp, string | undefined]>([
    ['https://storage.azure.com', /ends in/u, 'keyless token --scope https://storage.azure.com/.default'],
    ['https://storage.azure.com/', /ends in/u, 'keyless token --scope https://storage.azure.com/.default'],
    [`${API}/Images.Predict`, /none by name/u, `keyless token --scope ${API}/.default`],
    [ID, /ends in/u, `keyless token --scope ${ID}/.default`],
    [
      `${API}/.default https://storage.azure.com/.default`,
      /one scope, got 2/u,
      `Ask for each by itself: keyless token --scope ${API}/.default`,
    ],
    ['vision/.default', /App ID URI/u, undefined],
    ['/.default', /ends in/u, undefined],
    ['', /ends in/u, undefined],
  ])('may not be %j', (text, words, fix) => {
    const refusal = caught(() => readScope(text));
    expect(refusal).toBeInstanceOf(UsageError);
    expect(refusal).toMatchObject({ message: expect.stringMatching(words), fix });
  });

  it('is one that ends in /.default, or wrong use, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((host) => `https://${host}`),
          fc.uuid(),
        ),
        fc.constantFrom('', '/.default'),
        (text, end) => {
          for (const read of [readScope, scopeOfApi]) {
            const outcome = caught(() =>
              expect(read(text + end)).toMatch(/^\S+[^/]\/{1,2}\.default$|^\S+\/\.default$/u),
            );
            if (outcome !== undefined) expect(outcome).toBeInstanceOf(UsageError);
          }
        },
      ),
    );
  });
});

describe('what a token says', () => {
  const asked = { scope: `${API}/.default`, source: 'here', identity: 'system-assigned' };

  it('is told for any claims, and never more than the claims of interest', () => {
    const names = [
      'aud',
      'iss',
      'tid',
      'oid',
      'appid',
      'azp',
      'idtyp',
      'upn',
      'xms_mirid',
      'ver',
      'roles',
      'iat',
      'exp',
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.jsonValue()), (claims) => {
        const { roles, ...told } = describeToken({ ...claims, nonce: 'not of interest' }, asked);
        expect(roles.every((role) => typeof role === 'string')).toBe(true);
        expect(JSON.stringify(told)).not.toContain('not of interest');
        for (const time of [told.issuedAt, told.expiresAt]) {
          if (time !== undefined) expect(new Date(time).toISOString()).toBe(time);
        }
      }),
    );
  });

  it('cannot be read where the token is none, and the refusal does not quote it', () => {
    const secret = 'opaque-token-of-somebody';
    const refusal = caught(() => claimsOf({ token: secret, expiresOnTimestamp: 0 })) as Error;
    expect(refusal).toMatchObject({ code: 'TokenMalformed' });
    expect(`${refusal.stack} ${String(refusal.cause)}`).not.toContain(secret);
  });
});

describe('the check of an app role', () => {
  const token = (own: Partial<TokenDescription>): TokenDescription => ({
    ...{ scope: `${API}/.default`, source: 'here', identity: 'system-assigned', roles: ['Images.Predict'] },
    ...own,
  });
  const check = (own: Partial<TokenDescription>) => checkRole(token(own), API, 'Images.Predict', 0);

  it('takes the audience by URI, and by client id where the token is of version 2.0', () => {
    expect(check({ audience: API, version: '1.0' }).ok).toBe(true);
    expect(check({ audience: `${API}/`, version: '1.0' }).ok).toBe(true);
    expect(check({ audience: ID, version: '2.0' }).ok).toBe(true);
  });

  it('fails for another audience, and for a role that differs in case', () => {
    expect(check({ audience: ID, version: '1.0' }).ok).toBe(false);
    expect(check({ audience: ID, version: '2.0', scope: 'api://other/.default' }).ok).toBe(false);
    expect(check({}).ok).toBe(false);
    expect(check({ audience: API, roles: ['images.predict'] })).toMatchObject({
      ok: false,
      finding: expect.stringContaining('only images.predict'),
    });
  });

  it('tells how old the token is', () => {
    const issuedAt = new Date(-5 * 3_600_000 - 120_000).toISOString();
    expect(check({ audience: API, roles: [], issuedAt }).finding).toContain('issued 5 h 2 min ago');
  });
});

describe('a length of time', () => {
  it.each([
    [0, 'less than a minute'],
    [59_999, 'less than a minute'],
    [60_000, '1 min'],
    [-86_340_000, '23 h 59 min'],
    [86_400_000, '1 d'],
    [90_061_000, '1 d 1 h'],
  ])('of %d ms is %s', (milliseconds, words) => {
    expect(durationText(milliseconds)).toBe(words);
  });
});

function caught(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}
