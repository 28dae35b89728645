import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Claims } from '../../../local/identity/keySet.ts';
import { issuersOf } from '../../../local/identity/metadata.ts';
import { type CallerCheck, createCallerCheck } from '../../../src/identity/callers/callers.ts';
import {
  APP_ID_URI,
  type Authority,
  CLIENT_ID,
  PREDICT,
  startAuthority,
  TENANT,
} from './callersAuthority.ts';
import { createRefusals } from './callersRefusals.ts';

const OTHER = '11111111-2222-4333-8444-555555555555';
const issuer = issuersOf(TENANT);
/** The clock of the check, in seconds, so that ends and starts are told to the second. */
const now = Math.floor(Date.now() / 1000);

let authority: Authority;
let check: CallerCheck;
beforeAll(async () => {
  authority = await startAuthority();
  check = createCallerCheck(authority.auth, { now: () => now * 1000 });
});
afterAll(() => authority.close());

type Row = [title: string, version: 'v1' | 'v2', changed: Claims, code: string, because: RegExp];

const rows: Row[] = [
  // issuer and tenant
  [
    'another tenant',
    'v1',
    { iss: `https://sts.windows.net/${OTHER}/`, tid: OTHER },
    'TokenIssuerWrong',
    /got "https:\/\/sts.windows.net\/1{8}/u,
  ],
  [
    'another tenant in iss alone',
    'v2',
    { iss: `https://login.microsoftonline.com/${OTHER}/v2.0` },
    'TokenIssuerWrong',
    /issuer/u,
  ],
  ['another tenant in tid alone', 'v1', { tid: OTHER }, 'TokenIssuerWrong', /\(tid\)/u],
  ['no tid', 'v2', { tid: undefined }, 'TokenIssuerWrong', /\(tid\).*got nothing/u],
  ['no iss', 'v1', { iss: undefined }, 'TokenIssuerWrong', /got nothing/u],
  ['iss as a list', 'v1', { iss: [issuer.v1] }, 'TokenIssuerWrong', /got a list/u],
  ['iss without its last slash', 'v1', { iss: issuer.v1.slice(0, -1) }, 'TokenIssuerWrong', /issuer/u],
  [
    'iss as a prefix of a longer one',
    'v2',
    { iss: `${issuer.v2}.evil.example` },
    'TokenIssuerWrong',
    /issuer/u,
  ],
  ['version 1 with the issuer of version 2', 'v1', { iss: issuer.v2 }, 'TokenIssuerWrong', /version 1\.0/u],
  ['version 2 with the issuer of version 1', 'v2', { iss: issuer.v1 }, 'TokenIssuerWrong', /version 2\.0/u],
  ['version 3', 'v2', { ver: '3.0' }, 'TokenMalformed', /ver.*got "3\.0"/u],
  ['no version', 'v1', { ver: undefined }, 'TokenMalformed', /ver.*got nothing/u],
  ['the version toString', 'v1', { ver: 'toString' }, 'TokenMalformed', /ver/u],
  // audience
  [
    'another audience',
    'v1',
    { aud: 'https://graph.microsoft.com' },
    'TokenAudienceWrong',
    /got "https:\/\/graph/u,
  ],
  ['no audience', 'v1', { aud: undefined }, 'TokenAudienceWrong', /got nothing/u],
  ['an audience with a slash behind', 'v1', { aud: `${APP_ID_URI}/` }, 'TokenAudienceWrong', /\(aud\)/u],
  ['an audience in capitals', 'v2', { aud: CLIENT_ID.toUpperCase() }, 'TokenAudienceWrong', /\(aud\)/u],
  [
    'two audiences, ours among them',
    'v1',
    { aud: [APP_ID_URI, 'https://graph.microsoft.com'] },
    'TokenAudienceWrong',
    /got a list of 2/u,
  ],
  ['our audience twice', 'v1', { aud: [APP_ID_URI, CLIENT_ID] }, 'TokenAudienceWrong', /got a list of 2/u],
  ['an empty list of audiences', 'v1', { aud: [] }, 'TokenAudienceWrong', /got nothing/u],
  [
    'an audience within a list within a list',
    'v1',
    { aud: [[APP_ID_URI]] },
    'TokenAudienceWrong',
    /got a list/u,
  ],
  // time
  ['expired', 'v1', { exp: now - 60 }, 'TokenExpired', /\(exp\)/u],
  ['expired in 1970', 'v2', { exp: 0 }, 'TokenExpired', /1970/u],
  ['expired before any calendar', 'v2', { exp: -1e18 }, 'TokenExpired', /-1000000000000000000/u],
  ['not yet valid', 'v1', { nbf: now + 61 }, 'TokenNotYetValid', /\(nbf\)/u],
  ['not yet valid for ever', 'v2', { nbf: 1e18 }, 'TokenNotYetValid', /1000000000000000000/u],
  ['no end', 'v1', { exp: undefined }, 'TokenMalformed', /exp/u],
  ['an end in words', 'v1', { exp: String(now + 600) }, 'TokenMalformed', /exp/u],
  ['an end of null', 'v1', { exp: null }, 'TokenMalformed', /exp/u],
  ['a start in words', 'v1', { nbf: 'yesterday' }, 'TokenMalformed', /nbf/u],
  // not an application
  ['a user’s token with scopes', 'v1', { scp: 'user_impersonation' }, 'TokenDelegated', /\(scp\)/u],
  ['a user’s token with empty scopes', 'v2', { scp: '' }, 'TokenDelegated', /\(scp\)/u],
  ['a user’s token by idtyp', 'v2', { idtyp: 'user' }, 'TokenDelegated', /"user"/u],
  [
    'an ID token: a subject of its own',
    'v2',
    { sub: 'pairwise', idtyp: undefined },
    'TokenDelegated',
    /\(sub\)/u,
  ],
  ['no object id', 'v1', { oid: undefined, sub: undefined }, 'TokenMalformed', /oid/u],
  ['an object id that is a command', 'v1', { oid: '$(reboot)', sub: '$(reboot)' }, 'TokenMalformed', /oid/u],
  [
    'version 1 with azp in place of appid',
    'v1',
    { appid: undefined, azp: CLIENT_ID },
    'TokenMalformed',
    /appid/u,
  ],
  [
    'version 2 with appid in place of azp',
    'v2',
    { azp: undefined, appid: CLIENT_ID },
    'TokenMalformed',
    /azp/u,
  ],
  // role
  ['no roles', 'v1', { roles: undefined }, 'RoleMissing', /got none/u],
  ['no roles, version 2', 'v2', { roles: [] }, 'RoleMissing', /got none/u],
  ['another role', 'v1', { roles: ['Predictions.Read'] }, 'RoleMissing', /got "Predictions\.Read"/u],
  [
    'the role in other letters, twice',
    'v1',
    { roles: ['images.predict', 'IMAGES.PREDICT'] },
    'RoleMissing',
    /got "images/u,
  ],
  [
    'the role with a blank behind',
    'v1',
    { roles: [`${PREDICT} `] },
    'RoleMissing',
    /got "Images\.Predict "/u,
  ],
  ['roles as a string', 'v1', { roles: PREDICT }, 'RoleMissing', /got none/u],
  ['roles as an object', 'v1', { roles: { 0: PREDICT, length: 1 } }, 'RoleMissing', /got none/u],
  ['roles with a number among them', 'v1', { roles: [PREDICT, 1] }, 'RoleMissing', /got none/u],
  ['roles within a list within a list', 'v1', { roles: [[PREDICT]] }, 'RoleMissing', /got none/u],
  ['the role in role', 'v1', { roles: undefined, role: [PREDICT] }, 'RoleMissing', /got none/u],
  ['the role in groups', 'v1', { roles: undefined, groups: [PREDICT] }, 'RoleMissing', /got none/u],
  ['the role in wids', 'v2', { roles: undefined, wids: [PREDICT] }, 'RoleMissing', /got none/u],
  ['the role in scp', 'v2', { roles: undefined, scp: PREDICT }, 'TokenDelegated', /\(scp\)/u],
];

describe('a caller is refused whose token is well signed, but', () => {
  const refusals = createRefusals();
  afterAll(refusals.print);

  it.each(rows)('%s', async (title, version, changed, code, because) => {
    const token = await authority[version](changed);
    await refusals.expect(title, check.authorize(`Bearer ${token}`, PREDICT), code, because);
  });
});
