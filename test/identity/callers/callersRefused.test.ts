import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Claims } from '../../../local/identity/keySet.ts';
import { listenOnLoopback } from '../../../local/loopback.ts';
import { type CallerCheck, createCallerCheck } from '../../../src/identity/callers/callers.ts';
import { rejection } from '../../support/secrets.ts';
import { type Authority, PREDICT, startAuthority } from './callersAuthority.ts';
import { createRefusals } from './callersRefusals.ts';

const now = () => Math.floor(Date.now() / 1000);

let authority: Authority;
let check: CallerCheck;
let foreign: Awaited<ReturnType<typeof generateKeyPair>>;
/** Somebody’s own key server, which a token may name and nobody may ask. */
let trap: Awaited<ReturnType<typeof listenOnLoopback>>;
let trapped = 0;
beforeAll(async () => {
  authority = await startAuthority();
  check = createCallerCheck(authority.auth);
  foreign = await generateKeyPair('RS256', { extractable: true });
  trap = await listenOnLoopback({
    handle: async (_request, response) => {
      trapped += 1;
      const key = { ...(await exportJWK(foreign.publicKey)), kid: 'theirs', use: 'sig' };
      response.end(JSON.stringify({ keys: [key] }));
    },
    fail: () => {},
  });
});
afterAll(async () => {
  await trap.close();
  await authority.close();
});

const keyId = () => String(authority.endpoint.keySet.keys[0]?.kid);
const claimsOf = (token: string): Claims =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Claims;
const encoded = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');

/** Good claims in somebody else’s envelope. */
async function enveloped(header: Record<string, unknown>, claims: Claims = {}): Promise<string> {
  const all = { ...claimsOf(await authority.v1()), ...claims };
  return new SignJWT(all)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...header })
    .sign(foreign.privateKey);
}

/** A real token with one of its parts replaced. */
async function altered(change: (parts: [string, string, string]) => string[]): Promise<string> {
  const [header = '', claims = '', signature = ''] = (await authority.v1()).split('.');
  return change([header, claims, signature]).join('.');
}

const bearer = async (token: string | Promise<string>) => `Bearer ${await token}`;
const v1 = (claims: Claims) => bearer(authority.v1(claims));

type Row = [title: string, header: () => null | string | Promise<string>, code: string, because: RegExp];

const rows: Row[] = [
  // no token
  ['no header', () => null, 'TokenMissing', /got nothing/u],
  ['an empty header', () => '', 'TokenMissing', /got nothing/u],
  ['blanks', () => '   ', 'TokenMissing', /got nothing/u],
  ['Bearer alone', () => 'Bearer', 'TokenMissing', /without a token/u],
  ['Bearer and blanks', () => 'Bearer   ', 'TokenMissing', /without a token/u],
  ['the scheme Basic', () => 'Basic dXNlcjpwYXNzd29yZA==', 'TokenMissing', /another scheme/u],
  ['a good token as Basic', async () => `Basic ${await authority.v1()}`, 'TokenMissing', /another scheme/u],
  ['a good token with no scheme', () => authority.v1(), 'TokenMissing', /without the word/u],
  [
    'a good token of scheme Bearer:',
    async () => `Bearer: ${await authority.v1()}`,
    'TokenMissing',
    /scheme/u,
  ],
  // not one token
  ['garbage', () => 'Bearer garbage', 'TokenMalformed', /three base64url parts/u],
  ['two dots only', () => 'Bearer ..', 'TokenMalformed', /three base64url parts/u],
  ['two dots and a signature', () => 'Bearer ..c2ln', 'TokenMalformed', /three base64url parts/u],
  [
    'base64 that is no JSON',
    () => 'Bearer Z2FyYmFnZQ.Z2FyYmFnZQ.Z2FyYmFnZQ',
    'TokenMalformed',
    /JSON object/u,
  ],
  ['a header that is a list', () => `Bearer ${encoded([])}.${encoded({})}.c2ln`, 'TokenMalformed', /JSON/u],
  [
    'claims that are a list',
    () => bearer(altered(([h, , s]) => [h, encoded([1]), s])),
    'TokenMalformed',
    /JSON/u,
  ],
  ['five parts, as when encrypted', async () => `${await v1({})}.a.b`, 'TokenMalformed', /three base64url/u],
  [
    'a token cut off in its claims',
    () => bearer(altered(([h, c]) => [h, c.slice(0, 40)])),
    'TokenMalformed',
    /three/u,
  ],
  [
    'a token cut off in its claims, dots kept',
    () => bearer(altered(([h, c, s]) => [h, c.slice(0, 40), s])),
    'TokenMalformed',
    /JSON object/u,
  ],
  ['two good tokens, joined', async () => `${await v1({})}, ${await v1({})}`, 'TokenMalformed', /three/u],
  ['Bearer twice', async () => `Bearer ${await v1({})}`, 'TokenMalformed', /three/u],
  ['a good token in quotes', async () => `Bearer "${await authority.v1()}"`, 'TokenMalformed', /three/u],
  [
    'a header injected behind a good token',
    async () => `${await v1({})}\r\nX-Injected: 1`,
    'TokenMalformed',
    /three/u,
  ],
  ['a null byte in a good token', async () => (await v1({})).replace('.', '.\0'), 'TokenMalformed', /three/u],
  [
    'an oversized token, well signed',
    () => v1({ padding: 'x'.repeat(20_000) }),
    'TokenMalformed',
    /at most 16384/u,
  ],
  ['a megabyte', () => `Bearer ${'a'.repeat(1_048_576)}`, 'TokenMalformed', /at most 16384/u],
  ['a megabyte of dots', () => `Bearer ${'.'.repeat(1_048_576)}`, 'TokenMalformed', /at most 16384/u],
  // signature
  [
    'alg none',
    async () => bearer(new UnsecuredJWT(claimsOf(await authority.v1())).encode()),
    'TokenSignatureInvalid',
    /got "none"/u,
  ],
  [
    'alg none, known kid, old signature',
    () => bearer(altered(([, c, s]) => [encoded({ alg: 'none', kid: keyId() }), c, s])),
    'TokenSignatureInvalid',
    /got "none"/u,
  ],
  [
    'alg nOnE',
    () => bearer(altered(([, c]) => [encoded({ alg: 'nOnE', kid: keyId() }), c, ''])),
    'TokenSignatureInvalid',
    /got "nOnE"/u,
  ],
  ['HS256 with the public key as secret', signedWithPublicKey, 'TokenSignatureInvalid', /got "HS256"/u],
  [
    'RS512 of a known kid',
    () => bearer(altered(([, c, s]) => [encoded({ alg: 'RS512', kid: keyId() }), c, s])),
    'TokenSignatureInvalid',
    /got "RS512"/u,
  ],
  [
    'alg as a list',
    () => bearer(altered(([, c, s]) => [encoded({ alg: ['RS256'], kid: keyId() }), c, s])),
    'TokenSignatureInvalid',
    /got a list/u,
  ],
  ['no kid', () => bearer(enveloped({})), 'TokenSignatureInvalid', /\(kid\).*got nothing/u],
  [
    'a kid that is a number',
    () => bearer(altered(([, c, s]) => [encoded({ alg: 'RS256', kid: 7 }), c, s])),
    'TokenSignatureInvalid',
    /\(kid\).*got 7/u,
  ],
  [
    'an unknown kid',
    () => bearer(enveloped({ kid: 'theirs' })),
    'TokenSignatureInvalid',
    /"theirs" is not published/u,
  ],
  [
    'the kid __proto__',
    () => bearer(enveloped({ kid: '__proto__' })),
    'TokenSignatureInvalid',
    /not published/u,
  ],
  [
    'a kid that injects a log line',
    () => bearer(enveloped({ kid: 'a"\r\nERROR all is lost' })),
    'TokenSignatureInvalid',
    /"a\\"\ufffd\ufffdERROR/u,
  ],
  [
    'a foreign key under the known kid',
    () => bearer(authority.v1({}, { forged: true })),
    'TokenSignatureInvalid',
    /does not match/u,
  ],
  [
    'a foreign key under the known kid, version 2',
    () => bearer(authority.v2({}, { forged: true })),
    'TokenSignatureInvalid',
    /does not match/u,
  ],
  [
    'its own key embedded (jwk)',
    async () => bearer(enveloped({ kid: keyId(), jwk: await exportJWK(foreign.publicKey) })),
    'TokenSignatureInvalid',
    /does not match/u,
  ],
  [
    'its own key set named (jku)',
    () => bearer(enveloped({ kid: 'theirs', jku: trap.origin })),
    'TokenSignatureInvalid',
    /not published/u,
  ],
  [
    'its own certificate named (x5u)',
    () => bearer(enveloped({ kid: keyId(), x5u: trap.origin })),
    'TokenSignatureInvalid',
    /does not match/u,
  ],
  [
    'a tampered payload: a role added',
    async () => bearer(tampered({ roles: [PREDICT] })),
    'TokenSignatureInvalid',
    /does not match/u,
  ],
  [
    'a tampered payload: a later end',
    async () => bearer(tampered({ exp: now() + 9e6 })),
    'TokenSignatureInvalid',
    /does not match/u,
  ],
  [
    'a cut-off signature',
    () => bearer(altered(([h, c, s]) => [h, c, s.slice(0, 100)])),
    'TokenSignatureInvalid',
    /does not match/u,
  ],
  [
    'an empty signature',
    () => bearer(altered(([h, c]) => [h, c, ''])),
    'TokenSignatureInvalid',
    /does not match/u,
  ],
  [
    'a critical header nobody knows',
    () => bearer(altered(([, c, s]) => [encoded({ alg: 'RS256', kid: keyId(), crit: ['x'], x: 1 }), c, s])),
    'TokenMalformed',
    /cannot be read/u,
  ],
];

async function signedWithPublicKey(): Promise<string> {
  const [jwk] = authority.endpoint.keySet.keys;
  const publicKey = await importJWK(jwk ?? {}, 'RS256', { extractable: true });
  if (publicKey instanceof Uint8Array) throw new Error('Expected a public key.');
  const token = new SignJWT(claimsOf(await authority.v1())).setProtectedHeader({
    alg: 'HS256',
    kid: keyId(),
  });
  return bearer(token.sign(new TextEncoder().encode(await exportSPKI(publicKey))));
}

async function tampered(claims: Claims): Promise<string> {
  const [header, payload, signature] = (await authority.v1({ roles: undefined })).split('.');
  return [header, encoded({ ...claimsOf(`.${payload}`), ...claims }), signature].join('.');
}

describe('a caller is refused who sends', () => {
  const refusals = createRefusals();
  afterAll(refusals.print);

  it.each(rows)('%s', async (title, header, code, because) => {
    await refusals.expect(title, check.authorize(await header(), PREDICT), code, because);
  });

  it('no header at all, but those of built-in authentication, which prove nothing', async () => {
    const principal = { auth_typ: 'aad', claims: [{ typ: 'roles', val: PREDICT }] };
    const headers = new Headers({
      'x-ms-client-principal': encoded(principal),
      'x-ms-token-aad-access-token': await authority.v1(),
    });
    const error = await rejection(check.authorize(headers.get('authorization'), PREDICT));
    expect(error).toMatchObject({ code: 'TokenMissing' });
  });

  it('nothing that made the check ask an address of the token’s own', () => {
    expect(trapped).toBe(0);
  });
});
