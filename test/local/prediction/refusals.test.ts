import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AzureRole } from '../../../local/identity/assignments.ts';
import { USER_ASSIGNED_WITHOUT_RIGHTS } from '../../../local/identity/identities.ts';
import { DEFAULT_PROJECT_ID } from '../../../local/prediction/models.ts';
import { CLASSIFY, DETECT, type Parts, picture, startParts } from './parts.ts';

let parts: Parts;
beforeAll(async () => {
  parts = await startParts();
});
afterAll(() => parts.close());
beforeEach(() => {
  parts.server.reset();
  parts.identity.reset();
});

const nested = (code: string, message: unknown = expect.any(String)) => ({ error: { code, message } });
const flat = (code: string, message: unknown = expect.any(String)) => ({ code, message });
const now = () => Math.floor(Date.now() / 1000);

describe('the gateway, about a token', () => {
  it('asks for one with 401 when there is none', async () => {
    expect(await parts.post({ token: null })).toMatchObject({ status: 401, body: nested('401') });
  });

  it.each([
    ['is no token at all', () => Promise.resolve('nonsense')],
    ['has a false signature', () => parts.identity.issue({}, { forged: true })],
    ['is of another tenant', () => parts.identity.issue({ iss: 'https://sts.windows.net/another/' })],
    ['is expired', () => parts.identity.issue({ exp: now() - 1 })],
    ['is not valid yet', () => parts.identity.issue({ nbf: now() + 600 })],
    ['never expires', () => parts.identity.issue({ exp: undefined })],
    ['names nobody', () => parts.identity.issue({ oid: undefined })],
    ['is for another service', () => parts.identity.issue({ aud: 'https://management.azure.com' })],
    [
      'is signed with a shared secret',
      () =>
        new SignJWT({
          oid: 'x',
          aud: 'https://cognitiveservices.azure.com',
          iss: parts.identity.issuer,
          exp: now() + 60,
        })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(new TextEncoder().encode('a shared secret of thirty-two bytes')),
    ],
  ])('refuses one that %s with 401', async (_, issue) => {
    const message = expect.stringContaining('Access token is missing, invalid');
    expect(await parts.post({ token: await issue() })).toMatchObject({
      status: 401,
      body: nested('Unauthorized', message),
    });
    expect(parts.classifier.seen).toHaveLength(0);
  });

  it('refuses one that it accepted before, once it has expired', async () => {
    const token = await parts.identity.issue({ exp: now() + 60 });
    expect((await parts.post({ token })).status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    try {
      expect((await parts.post({ token })).status).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });

  it('accepts the audience with a trailing slash', async () => {
    const token = await parts.identity.issue({}, { resource: 'https://cognitiveservices.azure.com/' });
    expect((await parts.post({ token })).status).toBe(200);
  });

  it('accepts tokens of a new key at once after the keys were rotated', async () => {
    expect((await parts.post()).status).toBe(200);
    await parts.identity.rotateKeys({ retireOld: true });
    expect((await parts.post()).status).toBe(200);
  });

  it('verifies the signature of a token once and then remembers it', async () => {
    const [seen, unseen] = [await parts.identity.issue(), await parts.identity.issue()];
    expect((await parts.post({ token: seen })).status).toBe(200);
    await parts.identity.rotateKeys({ retireOld: true });
    expect((await parts.post()).status).toBe(200);
    expect((await parts.post({ token: unseen })).status).toBe(401);
    expect((await parts.post({ token: seen })).status).toBe(200);
  });

  it('asks for a custom subdomain on a regional endpoint', async () => {
    parts.server.customSubdomain = false;
    const message = expect.stringContaining('custom subdomain');
    expect(await parts.post()).toMatchObject({ status: 400, body: nested('BadRequest', message) });
  });
});

describe('the gateway, about rights', () => {
  it.each<[AzureRole, number]>([
    ['Cognitive Services User', 200],
    ['Cognitive Services Custom Vision Contributor', 200],
    ['Cognitive Services Custom Vision Deployment', 200],
    ['Cognitive Services Custom Vision Trainer', 200],
    ['Cognitive Services Custom Vision Labeler', 401],
    ['Cognitive Services Custom Vision Reader', 401],
    ['Cognitive Services Data Reader', 401],
    ['Cognitive Services Contributor', 401],
  ])('answers the holder of %s with %i', async (role, status) => {
    const { objectId, name } = USER_ASSIGNED_WITHOUT_RIGHTS;
    parts.identity.assignments.grant(objectId, 'keyless-vision-prediction', role);
    const answer = await parts.post({ token: await parts.identity.issue({}, { identity: name }) });
    expect(answer.status).toBe(status);
    if (status === 401) {
      expect(answer.body).toEqual(
        nested('PermissionDenied', 'Principal does not have access to API/Operation.'),
      );
    }
  });

  it('does not count a role on another account', async () => {
    const { objectId, name } = USER_ASSIGNED_WITHOUT_RIGHTS;
    parts.identity.assignments.grant(objectId, 'another-account', 'Cognitive Services User');
    const answer = await parts.post({ token: await parts.identity.issue({}, { identity: name }) });
    expect(answer).toMatchObject({ status: 401, body: nested('PermissionDenied') });
  });

  it.each(['Prediction-Key', 'Ocp-Apim-Subscription-Key'])(
    'takes no %s, even beside a valid token',
    async (name) => {
      const answer = await parts.post({ headers: { [name]: '0123456789abcdef0123456789abcdef' } });
      expect(answer).toMatchObject({ status: 403, body: nested('AuthenticationTypeDisabled') });
      expect(JSON.stringify([answer.body, parts.server.requests])).not.toContain('0123456789abcdef');
    },
  );

  it('shuts everybody out behind a firewall', async () => {
    parts.server.firewall = true;
    expect(await parts.post()).toMatchObject({ status: 403, body: nested('403') });
  });
});

describe('the service, about the model', () => {
  const path = (project: string, rest: string) => `/${project}/${rest}/image/nostore`;

  it('does not know another project', async () => {
    const other = path('00000000-0000-4000-8000-000000000000', 'classify/iterations/fruit');
    expect(await parts.post({ path: other })).toMatchObject({ status: 404, body: flat('NotFoundProject') });
  });

  it.each(['vegetables', '%zz'])('calls the unpublished name %s an invalid iteration', async (name) => {
    const answer = await parts.post({ path: path(DEFAULT_PROJECT_ID, `classify/iterations/${name}`) });
    expect(answer).toMatchObject({ status: 404, body: flat('NotFoundIteration', 'Invalid iteration') });
  });

  it.each([
    [CLASSIFY.replace('classify', 'detect'), 'classification'],
    [DETECT.replace('detect', 'classify'), 'object detection'],
  ])('says that %s does not fit the project', async (wrong, kind) => {
    expect(await parts.post({ path: wrong })).toMatchObject({
      status: 400,
      body: flat('BadRequestOperationNotSupported', expect.stringContaining(`${kind} project`)),
    });
  });

  it.each([
    ['GET', CLASSIFY],
    ['POST', '/customvision/v3.1/prediction/somewhere/else'],
    ['POST', CLASSIFY.replace('/fruit/', '//')],
  ])('has nothing at %s %s', async (method, at) => {
    expect(await parts.post({ method, path: at })).toMatchObject({ status: 404, body: nested('404') });
  });

  it('answers with and without the prefix of the API', async () => {
    expect((await parts.post({ path: CLASSIFY })).status).toBe(200);
    expect(
      (await parts.post({ path: `/customvision/v3.1/prediction${CLASSIFY}?application=x` })).status,
    ).toBe(200);
  });

  it('answers ErrorUnknown when the model breaks, and keeps why in the log', async () => {
    const body = new Uint8Array(picture(64, 48, 'crash'));
    expect(await parts.post({ body })).toMatchObject({ status: 500, body: flat('ErrorUnknown') });
    expect(parts.server.requests[0]?.failure).toContain('the model broke');
  });

  it('refuses to start with a project id that the SDK would not send', async () => {
    await expect(startParts({ projectId: 'my-project' })).rejects.toThrow(/UUID.*'my-project'/);
  });
});

describe('what is said of a request', () => {
  it('holds no token, neither in an answer nor in the log', async () => {
    const tokens = [await parts.identity.issue(), await parts.identity.issue({}, { forged: true })];
    for (const token of tokens) {
      const answers = [await parts.post({ token }), await parts.post({ token, body: token })];
      const said = JSON.stringify([
        answers.map(({ body, headers }) => [body, [...headers]]),
        parts.server.requests,
      ]);
      expect(said).not.toContain(token);
      expect(said).not.toContain(token.split('.')[2]);
    }
  });
});
