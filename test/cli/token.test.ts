import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_ASSIGNED, USER_ASSIGNED } from '../../local/identity/identities.ts';
import { type Parts, startParts } from '../local/prediction/parts.ts';
import { keylessHere } from '../support/inProcess.ts';

const API = 'api://keyless-vision';
const VISION = 'https://cognitiveservices.azure.com';

let parts: Parts;
beforeAll(async () => {
  parts = await startParts();
});
afterAll(() => parts?.close());
beforeEach(() => parts.identity.reset());

const run = async (args: string[] = [], own: Record<string, string> = {}) => {
  const done = await keylessHere(['token', ...args], { ...parts.identity.environment, ...own });
  expect(done.out + done.err).not.toMatch(/ey[A-Za-z0-9_-]{16,}/u);
  return done;
};
const rowsOf = (out: string) =>
  Object.fromEntries(
    out.split('\n').flatMap((line) => {
      const [, name, value] = /^(.+?) {2,}(.+)$/u.exec(line) ?? [];
      return name && value ? [[name, value]] : [];
    }),
  );

describe('token', () => {
  it('tells who the token is of, for whom, by whom and until when; never the token', async () => {
    const { code, out, err } = await run();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(rowsOf(out)).toEqual({
      scope: `${VISION}/.default`,
      'given by': `App Service identity endpoint at ${new URL(parts.identity.url).host}`,
      identity: 'system-assigned',
      audience: VISION,
      issuer: parts.identity.issuer,
      tenant: parts.identity.tenantId,
      'object id': SYSTEM_ASSIGNED.objectId,
      'client id': SYSTEM_ASSIGNED.clientId,
      type: 'app',
      resource: SYSTEM_ASSIGNED.resourceId,
      version: '1.0',
      'app roles': 'none',
      issued: expect.stringMatching(/^\d{4}-\d\d-\d\dT\S+Z \(less than a minute ago\)$/u),
      expires: expect.stringMatching(/^\d{4}-\d\d-\d\dT\S+Z \(23 h 59 min left\)$/u),
    });
    expect(parts.identity.requests).toMatchObject([{ resource: VISION, status: 200 }]);
  });

  it('asks for the one scope given, as the identity of the settings, and gives JSON', async () => {
    const { code, out } = await run(['--scope', 'https://storage.azure.com/.default', '--json'], {
      MANAGED_IDENTITY_CLIENT_ID: USER_ASSIGNED.clientId,
    });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      scope: 'https://storage.azure.com/.default',
      identity: `user-assigned, by client id ${USER_ASSIGNED.clientId}`,
      audience: 'https://storage.azure.com',
      objectId: USER_ASSIGNED.objectId,
      roles: [],
    });
    expect(parts.identity.requests).toMatchObject([{ resource: 'https://storage.azure.com' }]);
  });

  it('finds the app role of an API in the token', async () => {
    parts.identity.grant('system-assigned', API, ['Images.Predict', 'Predictions.Read']);
    const [predict, read] = await Promise.all([
      run(['--audience-check', API]),
      run(['--audience-check', `${API}/.default`, '--json'], { ENTRA_ROLE: 'Predictions.Read' }),
    ]);
    expect(predict.code).toBe(0);
    expect(rowsOf(predict.out)).toMatchObject({
      audience: API,
      'app roles': 'Images.Predict, Predictions.Read',
    });
    expect(predict.out).toMatch(
      /\nok: The token is for api:\/\/keyless-vision and carries the app role Images\.Predict\.\n$/u,
    );
    expect(read.code).toBe(0);
    expect(JSON.parse(read.out)).toMatchObject({ check: { ok: true, role: 'Predictions.Read', api: API } });
  });

  it('ends with 1 where the role is missing, with the command that grants it, the wait, and the age of the token', async () => {
    parts.identity.grant('system-assigned', API, ['Predictions.Read']);
    const { code, out } = await run(['--audience-check', API]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /fault: The token is for api:\/\/keyless-vision and carries only Predictions\.Read, not Images\.Predict\./u,
    );
    expect(out).toMatch(/up to 24 hours: .* This one was issued less than a minute ago, at \d{4}-/u);
    expect(out).toContain(
      `Fix: npm run keyless -- grant app-role --api ${API} --role Images.Predict --principal ${SYSTEM_ASSIGNED.objectId}\n`,
    );
  });

  it('ends with 1 where the token is for another API', async () => {
    const { code, out } = await run(['--audience-check', API, '--scope', `${VISION}/.default`]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /fault: The token is for https:\/\/cognitiveservices\.azure\.com, not for api:\/\/keyless-vision\.\nFix: /u,
    );
  });

  it('refuses a scope without /.default before anything is asked, with the one that was meant', async () => {
    const { code, out, err } = await run(['--scope', VISION]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      /ends in \/\.default, got "https.*\nFix: keyless token --scope https:\/\/cognitiveservices\.azure\.com\/\.default\n/u,
    );
    expect(parts.identity.requests).toHaveLength(0);
  });

  it('tells which sign-in of this machine gave the token', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'az-'));
    const answer = {
      accessToken: await parts.identity.issue({
        idtyp: 'user',
        upn: 'ada@example.com',
        xms_mirid: undefined,
      }),
      expires_on: Math.floor(Date.now() / 1000) + 3_600,
      tokenType: 'Bearer',
    };
    writeFileSync(join(folder, 'az'), `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`, { mode: 0o755 });
    const { code, out } = await run([], {
      ...{ IDENTITY_ENDPOINT: '', IDENTITY_HEADER: '', AZURE_TOKEN_CREDENTIALS: 'dev' },
      PATH: `${folder}:${process.env.PATH}`,
    }).finally(() => rmSync(folder, { recursive: true }));
    expect(code).toBe(0);
    expect(rowsOf(out)).toMatchObject({
      'given by': 'Azure CLI (az login)',
      identity: 'whoever is signed in on this machine',
      type: 'user',
      user: 'ada@example.com',
    });
  });

  it('says what to do where the identity is refused, and where nobody is signed in', async () => {
    const [refused, nobody] = await Promise.all([
      run([], { MANAGED_IDENTITY_CLIENT_ID: '11111111-2222-4333-8444-555555555555' }),
      run([], {
        IDENTITY_ENDPOINT: '',
        IDENTITY_HEADER: '',
        PATH: '/nowhere',
        AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential',
      }),
    ]);
    expect(refused).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/HTTP 400[\s\S]*Fix: Compare MANAGED_IDENTITY_CLIENT_ID/u),
    });
    expect(nobody).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/nobody is signed in[\s\S]*Fix: az login/u),
    });
  });
});
