import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM_ASSIGNED, USER_ASSIGNED } from '../../../local/identity/identities.ts';
import { KeylessError } from '../../../src/errors/errors.ts';
import { type CallerCheck, createCallerCheck } from '../../../src/identity/callers/callers.ts';
import { challenge } from '../../../src/identity/callers/challenge.ts';
import { rejection } from '../../support/secrets.ts';
import { APP_ID_URI, type Authority, CLIENT_ID, PREDICT, startAuthority } from './callersAuthority.ts';

/** The clock of the check, in seconds. */
const now = Math.floor(Date.now() / 1000);

let authority: Authority;
let check: CallerCheck;
beforeAll(async () => {
  authority = await startAuthority();
  check = createCallerCheck(authority.auth, { now: () => now * 1000 });
});
afterAll(() => authority.close());

const authorize = async (token: string | Promise<string>, role = PREDICT) =>
  check.authorize(`Bearer ${await token}`, role);

describe('a caller with the app role', () => {
  it('is let in with the token its identity endpoint gives it', async () => {
    const { endpoint } = authority;
    endpoint.grant(USER_ASSIGNED.name, APP_ID_URI, [PREDICT]);
    const query = new URLSearchParams({
      'api-version': '2019-08-01',
      resource: APP_ID_URI,
      client_id: USER_ASSIGNED.clientId,
    });
    const answer = await fetch(`${endpoint.url}?${query}`, {
      headers: { 'x-identity-header': endpoint.environment.IDENTITY_HEADER },
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    expect(await authorize(access_token)).toEqual({
      objectId: USER_ASSIGNED.objectId,
      appId: USER_ASSIGNED.clientId,
      tenantId: endpoint.tenantId,
      roles: [PREDICT],
      version: '1.0',
    });
  });

  it('is let in with a token of version 2', async () => {
    expect(await authorize(authority.v2())).toEqual({
      objectId: SYSTEM_ASSIGNED.objectId,
      appId: SYSTEM_ASSIGNED.clientId,
      tenantId: authority.endpoint.tenantId,
      roles: [PREDICT],
      version: '2.0',
    });
  });

  it.each([
    ['with its end a minute ago, less a second', { exp: now - 59 }],
    ['with its start in a minute', { nbf: now + 60 }],
    ['for the client id', { aud: CLIENT_ID }],
    ['for a list of the one audience', { aud: [APP_ID_URI] }],
    ['without the optional claim idtyp', { idtyp: undefined }],
    ['with other roles beside it, and it twice', { roles: ['Predictions.Read', PREDICT, PREDICT] }],
    ['with groups and wids beside it', { groups: ['g'], wids: ['w'] }],
    ['without a start', { nbf: undefined, iat: undefined }],
  ])('is let in with a token %s', async (_, claims) => {
    expect(await authorize(authority.v1(claims))).toMatchObject({ objectId: SYSTEM_ASSIGNED.objectId });
  });

  it.each(['bearer', 'BEARER', 'Bearer  '])('may write the scheme as "%s"', async (scheme) => {
    const token = await authority.v1();
    expect(await check.authorize(`${scheme} ${token} `, PREDICT)).toMatchObject({ version: '1.0' });
  });

  it('is let in to what its role is for, and to nothing else', async () => {
    const reader = authority.v1({ roles: ['Predictions.Read'] });
    expect(await authorize(reader, 'Predictions.Read')).toMatchObject({ roles: ['Predictions.Read'] });
    expect(await rejection(authorize(reader))).toMatchObject({ code: 'RoleMissing' });
    expect(await rejection(authorize(authority.v1(), ''))).toMatchObject({ code: 'RoleMissing' });
  });
});

describe('a caller without the app role', () => {
  it('is told the command that grants it, for its own object id', async () => {
    const error = await rejection(authorize(authority.v2({ roles: undefined })));
    if (!(error instanceof KeylessError)) throw new Error('Expected an error of the book.');
    const id = SYSTEM_ASSIGNED.objectId;
    expect(error.fix).toContain(
      `az rest --method POST --url https://graph.microsoft.com/v1.0/servicePrincipals/${id}/appRoleAssignments --body `,
    );
    const body = /--body '([^']+)'/u.exec(error.fix)?.[1] ?? '';
    expect(JSON.parse(body)).toEqual({
      principalId: id,
      resourceId: '<resource id>',
      appRoleId: '<app role id>',
    });
    expect(error.fix).toContain(`az ad sp show --id ${CLIENT_ID} `);
    expect(error.fix).toContain(`[?value=='${PREDICT}']`);
    expect(error.fix).toContain('24 hours');
  });
});

describe('the challenge of a refusal', () => {
  const of = (...error: ConstructorParameters<typeof KeylessError>) => challenge(new KeylessError(...error));

  it('is the scheme alone where no token came', () => {
    expect(of('TokenMissing', 'Nothing.')).toBe('Bearer');
  });

  it('names invalid_token and why', () => {
    expect(of('TokenExpired', 'Expected an end after now, got "then".')).toBe(
      `Bearer error="invalid_token", error_description="Expected an end after now, got 'then'."`,
    );
  });

  it('names insufficient_scope where the role is missing', () => {
    expect(of('RoleMissing', 'Expected the app role.')).toMatch(/^Bearer error="insufficient_scope", /u);
  });

  it('holds no character that RFC 6750 forbids, and is short', () => {
    const value = of('TokenIssuerWrong', `a"b\\c\r\nSet-Cookie: d\u2028é\0${'x'.repeat(9_999)}`) ?? '';
    const description = /error_description="(.*)"$/u.exec(value)?.[1] ?? '';
    expect(description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]{10,300}$/u);
  });

  it.each(['ImageUrlRefused', 'CallerKeysUnavailable', 'RateLimited', 'Unexpected'] as const)(
    'is not there for %s, which is not about the token',
    (code) => {
      expect(of(code, 'Other.')).toBeUndefined();
    },
  );
});
