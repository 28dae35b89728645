import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readScope, scopeOfApi } from '../../src/cli/token/scope.ts';
import { type CallerAuth, readCallers } from '../../src/settings/callers.ts';
import type { Problem } from '../../src/settings/problem.ts';
import { anyUrl } from '../support/anyText.ts';

const TENANT = 'e4a1c7d0-3b52-4f68-9d0e-1a6b7c8d9e0f';
const CLIENT_ID = '0f6c3f4e-7a1d-4b0e-9c55-2d8a6e1b7c90';
const ENTRA = { CALLER_AUTH: 'entra', ENTRA_TENANT_ID: TENANT, ENTRA_AUDIENCE: CLIENT_ID };

function read(environment: Record<string, string | undefined>): { auth: CallerAuth; problems: Problem[] } {
  const problems: Problem[] = [];
  const auth = readCallers(
    (name) => environment[name]?.trim() || undefined,
    (found) => problems.push(found),
  );
  return { auth, problems };
}
const wrong = (environment: Record<string, string>) =>
  read({ ...ENTRA, ...environment }).problems.map(({ setting }) => setting);

describe('who may call', () => {
  it.each([{}, { CALLER_AUTH: 'key' }, { CALLER_AUTH: ' ' }])('is who has a function key, by %j', (own) => {
    expect(read(own)).toEqual({ auth: { kind: 'key' }, problems: [] });
  });

  it('is who has a function key, whatever is left over of the other way', () => {
    const left = {
      ENTRA_TENANT_ID: 'contoso',
      ENTRA_AUDIENCE: '?',
      ENTRA_AUTHORITY: 'ftp://x',
      ENTRA_ROLE: '.',
    };
    expect(read({ CALLER_AUTH: 'key', ...left })).toEqual({ auth: { kind: 'key' }, problems: [] });
  });

  it('is identities of one tenant, of the public cloud and with the usual roles unless told otherwise', () => {
    expect(read(ENTRA)).toEqual({
      auth: {
        kind: 'entra',
        tenantId: TENANT,
        audiences: [CLIENT_ID],
        authority: 'https://login.microsoftonline.com',
        roles: { predict: 'Images.Predict', read: 'Predictions.Read' },
      },
      problems: [],
    });
  });

  it('is told in full', () => {
    const own = {
      ENTRA_TENANT_ID: TENANT.toUpperCase(),
      ENTRA_AUDIENCE: ` ${CLIENT_ID.toUpperCase()}, api://${CLIENT_ID}\n${CLIENT_ID};api://contoso.com/Vision `,
      ENTRA_ROLE: 'Vision.Score',
      ENTRA_READ_ROLE: 'Vision.Score',
      ENTRA_AUTHORITY: 'https://login.microsoftonline.us/',
    };
    expect(read({ ...ENTRA, ...own })).toEqual({
      auth: {
        kind: 'entra',
        tenantId: TENANT,
        audiences: [CLIENT_ID, `api://${CLIENT_ID}`, 'api://contoso.com/Vision'],
        authority: 'https://login.microsoftonline.us',
        roles: { predict: 'Vision.Score', read: 'Vision.Score' },
      },
      problems: [],
    });
  });

  it.each(['http://127.0.0.1:50123', 'http://localhost:1', 'https://login.partner.microsoftonline.cn'])(
    'may be known to the authority %s',
    (authority) => {
      expect(read({ ...ENTRA, ENTRA_AUTHORITY: authority }).auth).toMatchObject({ authority });
    },
  );

  it('is told to be key or entra, and nothing else', () => {
    const { auth, problems } = read({ CALLER_AUTH: 'Entra' });
    expect(auth).toEqual({ kind: 'key' });
    expect(problems).toEqual([
      { setting: 'CALLER_AUTH', expected: expect.stringMatching(/^key .* or entra /u), got: '"Entra"' },
    ]);
  });

  it('is asked for with all that is missing or wrong at once', () => {
    expect(read({ CALLER_AUTH: 'entra' }).problems.map(({ setting }) => setting)).toEqual([
      'ENTRA_TENANT_ID',
      'ENTRA_AUDIENCE',
    ]);
    const all = {
      ENTRA_TENANT_ID: 'common',
      ENTRA_AUDIENCE: 'vision,contoso.com',
      ENTRA_ROLE: 'two roles',
      ENTRA_READ_ROLE: '.Read',
      ENTRA_AUTHORITY: 'http://login.microsoftonline.com',
    };
    expect(wrong(all)).toEqual([
      'ENTRA_TENANT_ID',
      'ENTRA_AUDIENCE',
      'ENTRA_AUDIENCE',
      'ENTRA_AUTHORITY',
      'ENTRA_ROLE',
      'ENTRA_READ_ROLE',
    ]);
  });

  it.each(['common', 'organizations', 'contoso.onmicrosoft.com', `${TENANT},${TENANT}`])(
    'is no tenant’s %s: one tenant’s id is',
    (tenant) => {
      expect(wrong({ ENTRA_TENANT_ID: tenant })).toEqual(['ENTRA_TENANT_ID']);
    },
  );

  // https://learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions
  it.each([
    `api://${CLIENT_ID}`,
    `api://${TENANT}/${CLIENT_ID}`,
    `api://${TENANT}/api`,
    `api://productapi/${CLIENT_ID}`,
    'https://contoso.onmicrosoft.com/productsapi',
    'https://contoso.com/productsapi',
    'https://product.contoso.com',
    'https://product.contoso.com/productsapi',
    'api://contoso.com/productsapi',
    'https://contoso.com/productsapi/',
    'urn:amazon:cognito:sp:pool',
  ])(
    'may call an API by any App ID URI that is documented, here and in the token command: %s',
    (audience) => {
      expect(read({ ...ENTRA, ENTRA_AUDIENCE: audience })).toMatchObject({
        auth: { kind: 'entra', audiences: [audience] },
        problems: [],
      });
      expect(scopeOfApi(audience)).toBe(`${audience}/.default`);
      expect(readScope(`${audience}/.default`)).toBe(`${audience}/.default`);
    },
  );

  it.each([
    'vision',
    'api://',
    'https://',
    'https:///vision',
    'urn:',
    'ftp://contoso.com/vision',
    'https://*.contoso.com',
    'https://contoso.com/vision/.default',
    'https://contoso.com/vision//.default',
    `https://contoso.com/${'v'.repeat(255)}`,
    `api://${CLIENT_ID}?x=1`,
    `api://${CLIENT_ID}#x`,
    ', ;',
  ])('is not for the audience %s', (audience) => {
    expect(wrong({ ENTRA_AUDIENCE: audience })).toEqual(['ENTRA_AUDIENCE']);
  });

  it('is told where a scope stands for an audience', () => {
    expect(read({ ...ENTRA, ENTRA_AUDIENCE: `api://${CLIENT_ID}/.default` }).problems).toMatchObject([
      { setting: 'ENTRA_AUDIENCE', expected: expect.stringContaining('/.default belongs to the scope') },
    ]);
  });

  it.each([
    'login.microsoftonline.com',
    'http://login.microsoftonline.com',
    `https://login.microsoftonline.com/${TENANT}`,
    'https://login.microsoftonline.com/?x=1',
    'https://login.microsoftonline.com/#x',
    'https://user:word@login.microsoftonline.com',
  ])('is not known to the authority %s', (authority) => {
    expect(wrong({ ENTRA_AUTHORITY: authority })).toEqual(['ENTRA_AUTHORITY']);
  });

  it('is open to all for no values whatever', () => {
    const name = fc.constantFrom(...Object.keys(ENTRA), 'ENTRA_ROLE', 'ENTRA_READ_ROLE', 'ENTRA_AUTHORITY');
    const value = fc.oneof(
      fc.string(),
      anyUrl,
      fc.uuid(),
      fc.constantFrom('key', 'entra', ...Object.values(ENTRA)),
    );
    fc.assert(
      fc.property(fc.dictionary(name, value), (own) => {
        const { auth, problems } = read({ ...ENTRA, ...own });
        if (auth.kind === 'key') {
          const chosen = own.CALLER_AUTH?.trim() ?? 'entra';
          expect(problems.length > 0 || chosen === 'key' || chosen === '').toBe(true);
          return;
        }
        expect(problems).toEqual([]);
        expect(auth.audiences.length).toBeGreaterThan(0);
        expect(auth.tenantId).toMatch(/^[0-9a-f-]{36}$/u);
        expect(auth.authority).toMatch(/^https:\/\/|^http:\/\/(127\.|localhost|\[::1\])/u);
      }),
      { numRuns: 500 },
    );
  });
});
