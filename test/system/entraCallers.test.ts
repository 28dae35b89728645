import { beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { SYSTEM_ASSIGNED, USER_ASSIGNED } from '../../local/identity/identities.ts';
import { LOCAL_FUNCTION_KEY } from '../../local/stack.ts';
import { documentOf, type Problem, useStack } from '../support/journeys.ts';

const API = '0f6c3f4e-7a1d-4b0e-9c55-2d8a6e1b7c90';
const APP_ID_URI = `api://${API}`;
const PREDICT = 'Images.Predict';
const READ = 'Predictions.Read';
const PICTURE = 'fruit/readable.jpg';
const OTHER_TENANT = '11111111-2222-4333-8444-555555555555';

const stack = useStack();
let host: Awaited<ReturnType<typeof stack.current.startHost>>;
let jpeg: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  jpeg = new Uint8Array((await drawPicture(95_000_001, { tagNames: ['lemon'], size: 320 })).jpeg);
  host = await stack.current.startHost({
    settings: {
      CALLER_AUTH: 'entra',
      ENTRA_TENANT_ID: stack.current.identity.tenantId,
      ENTRA_AUDIENCE: `${API}, ${APP_ID_URI}`,
      ENTRA_AUTHORITY: stack.current.identity.authority,
    },
  });
  await stack.current.uploader.drop(PICTURE, Buffer.from(jpeg));
  await documentOf(stack.current, PICTURE);
});

type Headers = Record<string, string>;
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const predict = (headers: Headers, path = '/api/predict/fruit') =>
  fetch(host.url + path, {
    method: 'POST',
    body: jpeg,
    headers: { 'content-type': 'image/jpeg', ...headers },
  });
const read = (headers: Headers, path = `/api/predictions/${PICTURE}`) => fetch(host.url + path, { headers });

type Claims = Record<string, unknown>;
const now = () => Math.floor(Date.now() / 1000);
const v1 = (claims: Claims = {}, forged = false) =>
  stack.current.identity.issue({ roles: [PREDICT], ...claims }, { resource: APP_ID_URI, forged });
const v2 = (claims: Claims = {}) =>
  v1({
    ver: '2.0',
    iss: stack.current.identity.issuerV2,
    aud: API,
    azp: SYSTEM_ASSIGNED.clientId,
    azpacr: '2',
    appid: undefined,
    appidacr: undefined,
    ...claims,
  });

/** Fails unless the answer is that problem, whole, with its challenge and no token in it. */
async function expectRefusal(answer: Response, status: number, code: string): Promise<Problem> {
  const text = await answer.text();
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    status,
    expect.stringMatching(/^application\/problem\+json/u),
  ]);
  const problem = JSON.parse(text) as Problem;
  expect(problem).toMatchObject({ status, code, requestId: expect.stringMatching(/./u) });
  const error = status === 403 ? 'insufficient_scope' : 'invalid_token';
  expect(answer.headers.get('www-authenticate')).toMatch(
    code === 'TokenMissing'
      ? /^Bearer$/u
      : new RegExp(`^Bearer error="${error}", error_description="[^"]+"$`, 'u'),
  );
  expect(text + JSON.stringify([...answer.headers])).not.toMatch(/eyJ[\w-]{10,}/u);
  return problem;
}

describe('a caller with an app role', () => {
  it.each([
    ['version 1', v1],
    ['version 2', v2],
  ])('predicts with a token of %s', async (_, token) => {
    const answer = await predict(bearer(await token()));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'succeeded',
      results: [
        {
          model: 'fruit',
          predictions: expect.arrayContaining([expect.objectContaining({ tagName: 'lemon' })]),
        },
      ],
    });
  });

  it.each([
    ['version 1', v1],
    ['version 2', v2],
  ])('reads documents, marked pictures and lists with a token of %s', async (_, token) => {
    const headers = bearer(await token({ roles: [READ] }));
    for (const path of [
      `/api/predictions/${PICTURE}`,
      `/api/predictions/${PICTURE}?format=svg`,
      '/api/predictions',
    ]) {
      expect([path, (await read(headers, path)).status]).toEqual([path, 200]);
    }
  });

  it('predicts with what its own identity endpoint gives it, once the role is granted', async () => {
    const { identity } = stack.current;
    const header = identity.addCaller('a caller of its own');
    const ask = async () => {
      const query = new URLSearchParams({
        'api-version': '2019-08-01',
        resource: APP_ID_URI,
        client_id: USER_ASSIGNED.clientId,
      });
      const answer = await fetch(`${identity.url}?${query}`, { headers: { 'x-identity-header': header } });
      return ((await answer.json()) as { access_token: string }).access_token;
    };
    await expectRefusal(await predict(bearer(await ask())), 403, 'RoleMissing');
    identity.grant(USER_ASSIGNED.name, APP_ID_URI, [PREDICT]);
    expect((await predict(bearer(await ask()))).status).toBe(200);
  });

  it('does with it what it is for, and nothing else', async () => {
    await expectRefusal(await read(bearer(await v1())), 403, 'RoleMissing');
    await expectRefusal(await read(bearer(await v1()), '/api/predictions'), 403, 'RoleMissing');
    await expectRefusal(await predict(bearer(await v1({ roles: [READ] }))), 403, 'RoleMissing');
  });

  it('does both with both roles', async () => {
    const headers = bearer(await v1({ roles: [READ, PREDICT] }));
    expect([(await predict(headers)).status, (await read(headers)).status]).toEqual([200, 200]);
  });
});

describe('a caller who is refused', () => {
  const clientPrincipal = Buffer.from(
    JSON.stringify({ auth_typ: 'aad', claims: [{ typ: 'roles', val: PREDICT }], role_typ: 'roles' }),
  ).toString('base64');

  const refused: [string, () => Headers | Promise<Headers>, number, string][] = [
    ['no token', () => ({}), 401, 'TokenMissing'],
    ['another scheme', () => ({ authorization: 'Basic dXNlcjpwYXNz' }), 401, 'TokenMissing'],
    ['the function key alone', () => ({ 'x-functions-key': LOCAL_FUNCTION_KEY }), 401, 'TokenMissing'],
    ['no token at all but a word', () => bearer('word'), 401, 'TokenMalformed'],
    [
      'headers of built-in authentication alone',
      () => ({
        'x-ms-client-principal': clientPrincipal,
        'x-ms-client-principal-id': SYSTEM_ASSIGNED.objectId,
      }),
      401,
      'TokenMissing',
    ],
    [
      'a token without the role and headers that tell of it',
      async () => ({ ...bearer(await v1({ roles: [] })), 'x-ms-client-principal': clientPrincipal }),
      403,
      'RoleMissing',
    ],
    [
      'a token without the role and the function key',
      async () => ({ ...bearer(await v1({ roles: undefined })), 'x-functions-key': LOCAL_FUNCTION_KEY }),
      403,
      'RoleMissing',
    ],
    [
      'the audience of another API',
      async () => bearer(await v1({ aud: `api://${OTHER_TENANT}` })),
      401,
      'TokenAudienceWrong',
    ],
    [
      'the very token this app sends to Custom Vision',
      async () => bearer(await v1({ aud: 'https://cognitiveservices.azure.com' })),
      401,
      'TokenAudienceWrong',
    ],
    ['an expired token', async () => bearer(await v1({ exp: now() - 120 })), 401, 'TokenExpired'],
    ['a token for later', async () => bearer(await v1({ nbf: now() + 600 })), 401, 'TokenNotYetValid'],
    [
      'a token of another tenant',
      async () => bearer(await v1({ tid: OTHER_TENANT, iss: `https://sts.windows.net/${OTHER_TENANT}/` })),
      401,
      'TokenIssuerWrong',
    ],
    [
      'a tenant that only the issuer hides',
      async () => bearer(await v1({ tid: OTHER_TENANT })),
      401,
      'TokenIssuerWrong',
    ],
    [
      'a token of a user',
      async () => bearer(await v1({ scp: PREDICT, idtyp: undefined })),
      401,
      'TokenDelegated',
    ],
    ['a forged token', async () => bearer(await v1({}, true)), 401, 'TokenSignatureInvalid'],
  ];

  it.each(refused)(
    'for %s gets its own problem, and nothing is asked of the service',
    async (_, headers, status, code) => {
      const before = stack.current.prediction.count();
      const sent = await headers();
      await expectRefusal(await predict(sent), status, code);
      await expectRefusal(await read(sent), status, code);
      expect(stack.current.prediction.count()).toBe(before);
    },
  );

  it('learns nothing beforehand: neither which models nor which documents there are', async () => {
    await expectRefusal(await predict({}, '/api/predict/pears?threshold=9'), 401, 'TokenMissing');
    await expectRefusal(await read({}, '/api/models'), 401, 'TokenMissing');
    await expectRefusal(await read({}, '/api/predictions/none.jpg'), 401, 'TokenMissing');
    await expectRefusal(await read({}, `/api/predictions?code=${LOCAL_FUNCTION_KEY}`), 401, 'TokenMissing');
  });

  it('for the missing role is told the command that grants it to its own object id', async () => {
    const answer = await predict(bearer(await v2({ roles: undefined })));
    const { detail, fix } = await expectRefusal(answer, 403, 'RoleMissing');
    expect(detail).toContain(
      `app role ${PREDICT} in the claim roles of the identity ${SYSTEM_ASSIGNED.objectId}`,
    );
    expect(fix).toContain(
      `az rest --method POST --url https://graph.microsoft.com/v1.0/servicePrincipals/${SYSTEM_ASSIGNED.objectId}/appRoleAssignments`,
    );
    expect(fix).toContain(`appRoles[?value=='${PREDICT}']`);
  });
});

describe('what holds no data', () => {
  it.each(['/api/health', '/api/openapi.json', '/api/ui'])('%s stays open to everybody', async (path) => {
    const answer = await fetch(host.url + path);
    await answer.arrayBuffer();
    expect(answer.status).toBe(200);
  });

  it('names no model to anybody: only who may predict is told', async () => {
    for (const path of ['/api/ui', '/api/openapi.json', '/api/health']) {
      expect(await (await fetch(host.url + path)).text()).not.toContain('fruit');
    }
    const answer = await read(bearer(await v2()), '/api/models');
    expect(await answer.json()).toEqual({
      models: [
        { name: 'fruit', task: 'classify', threshold: 0.5 },
        { name: 'fruit-boxes', task: 'detect', threshold: 0.5 },
      ],
    });
  });
});

it('keeps tokens of callers out of every log line', () => {
  expect(host.logs.length).toBeGreaterThan(50);
  expect(JSON.stringify(host.logs)).not.toMatch(/eyJ[\w-]{10,}/u);
});
