import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeylessError } from '../../../src/errors/errors.ts';
import { type CallerCheck, createCallerCheck } from '../../../src/identity/callers/callers.ts';
import { challenge } from '../../../src/identity/callers/challenge.ts';
import { anyText } from '../../support/anyText.ts';
import { expectNoToken, rejection } from '../../support/secrets.ts';
import { type Authority, PREDICT, startAuthority } from './callersAuthority.ts';

let authority: Authority;
let check: CallerCheck;
let good = '';
beforeAll(async () => {
  authority = await startAuthority();
  check = createCallerCheck(authority.auth);
  good = await authority.v1();
});
afterAll(() => authority.close());

async function expectRefused(authorization: string | null): Promise<void> {
  const error = await rejection(check.authorize(authorization, PREDICT));
  if (!(error instanceof KeylessError)) throw new Error('Expected an error of the book.', { cause: error });
  expect([401, 403]).toContain(error.entry.status);
  const header = challenge(error) ?? '';
  expect(() => new Headers({ 'www-authenticate': header })).not.toThrow();
  expect(header).toMatch(/^Bearer/u);
  expectNoToken(error);
}

describe('whatever is sent as a token', () => {
  it('is refused with an error of the book: any text', async () => {
    const text = fc.oneof(fc.string(), anyText({ maxLength: 200 }), fc.base64String());
    const header = fc.oneof(
      text,
      text.map((value) => `Bearer ${value}`),
    );
    await fc.assert(fc.asyncProperty(header, expectRefused), { numRuns: 500 });
  });

  it('is refused with an error of the book: any JSON in three parts', async () => {
    const part = fc.json().map((json) => Buffer.from(json).toString('base64url'));
    const header = fc.tuple(
      fc.oneof(
        part,
        fc
          .record({ alg: fc.constant('RS256'), kid: fc.oneof(fc.jsonValue(), fc.constant('k')) })
          .map((each) => Buffer.from(JSON.stringify(each)).toString('base64url')),
      ),
      fc.oneof(
        part,
        fc
          .record({ ver: fc.constantFrom('1.0', '2.0'), exp: fc.jsonValue(), iss: fc.jsonValue() })
          .map((each) => Buffer.from(JSON.stringify(each)).toString('base64url')),
      ),
      fc.base64String().map((each) => each.replaceAll(/[^\w-]/gu, '')),
    );
    await fc.assert(
      fc.asyncProperty(header, (parts) => expectRefused(`Bearer ${parts.join('.')}`)),
      { numRuns: 500 },
    );
  });

  it('is refused with an error of the book: a good token with one character changed', async () => {
    // the last character of each part has bits that stand for nothing
    const parts = good.split('.').map((part) => part.length);
    const ends = parts.map((_, index) => parts.slice(0, index + 1).reduce((sum, part) => sum + part + 1, -2));
    const position = fc.nat({ max: good.length - 1 }).filter((at) => !ends.includes(at));
    const letter = fc.constantFrom(...'ABYZabyz0189-_.= ');
    await fc.assert(
      fc.asyncProperty(position, letter, async (at, character) => {
        fc.pre(good[at] !== character);
        await expectRefused(`Bearer ${good.slice(0, at)}${character}${good.slice(at + 1)}`);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused with an error of the book: claims of any kind, well signed', async () => {
    const claim = fc.constantFrom('iss', 'aud', 'tid', 'oid', 'sub', 'appid', 'exp', 'roles', 'ver', 'idtyp');
    await fc.assert(
      fc.asyncProperty(claim, fc.jsonValue(), async (name, value) => {
        fc.pre(!(name === 'exp' && typeof value === 'number'));
        await expectRefused(`Bearer ${await authority.v1({ [name]: value })}`);
      }),
      { numRuns: 150 },
    );
  });
});
