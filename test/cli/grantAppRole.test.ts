import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { APP, type Orchard, startOrchard } from './azure/orchard.ts';

const CLIENT_ID = 'd60f1ae7-2192-4b6c-876c-343f558a5851';
const PREDICT = { id: '6f5b5f2e-0d3a-4f5c-9f0b-4c7a1f2e3d01', value: 'Images.Predict' };
const READ = { id: '6f5b5f2e-0d3a-4f5c-9f0b-4c7a1f2e3d02', value: 'Predictions.Read' };

let orchard: Orchard;
let principalId: string;
let apiId: string;
beforeAll(async () => {
  orchard = await startOrchard();
});
beforeEach(() => {
  orchard.plant();
  principalId = orchard.identify();
  apiId = orchard.azure.servicePrincipals.add({
    displayName: 'Orchard API',
    appId: CLIENT_ID,
    servicePrincipalNames: [CLIENT_ID, `api://${CLIENT_ID}`],
    appRoles: [PREDICT, READ],
  }).id;
});
afterAll(() => orchard?.close());

const run = (verb: string, api: string, role: string, ...rest: string[]) =>
  orchard.run([verb, 'app-role', '--api', api, '--role', role, ...(rest.length > 0 ? rest : ['--app', APP])]);
const held = () =>
  orchard.azure.appRoleAssignments.map((each) => [each.principalId, each.resourceId, each.appRoleId]);

describe('grant app-role', () => {
  it('assigns the role of the API, found by client id, URI, scope, object id or name, once', async () => {
    const first = await run('grant', CLIENT_ID, 'Images.Predict');
    expect(first).toMatchObject({
      code: 0,
      out: expect.stringMatching(/App role: Images\.Predict[\s\S]*API: Orchard API[\s\S]*\nAssigned\.\n$/u),
    });
    expect(first.err).toContain('up to 24 hours');
    const again = await Promise.all(
      [`api://${CLIENT_ID}/.default`, apiId, 'Orchard API'].map((api) => run('grant', api, 'Images.Predict')),
    );
    expect(again.map(({ code, out }) => [code, out.includes('Already assigned.')])).toEqual(
      again.map(() => [0, true]),
    );
    expect(held()).toEqual([[principalId, apiId, PREDICT.id]]);
  });

  it('takes an object id, and with --dry-run writes nothing', async () => {
    const dry = await run('grant', CLIENT_ID, 'Images.Predict', '--principal', principalId, '--dry-run');
    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('Nothing was changed') });
    expect(held()).toEqual([]);
    expect(await run('grant', CLIENT_ID, 'Predictions.Read', '--principal', principalId)).toMatchObject({
      code: 0,
    });
    expect(held()).toEqual([[principalId, apiId, READ.id]]);
  });

  it('lets no name of the directory steer the terminal', async () => {
    orchard.azure.servicePrincipals.add({
      displayName: 'Orchard\u001b[2J\u009b31m API',
      servicePrincipalNames: ['api://odd'],
      appRoles: [PREDICT],
    });
    const granted = await run('grant', 'api://odd', 'Images.Predict');
    const refused = await run('grant', 'api://odd', 'Images.Paint');
    const lost = await orchard.run(['identity', 'remove', APP, '--system', '--yes']);
    expect([granted.code, refused.code, lost.code]).toEqual([0, 1, 0]);
    for (const text of [granted.out, refused.err, lost.out]) {
      expect(text).toContain('Orchard\uFFFD[2J\uFFFD31m API');
      expect(text).not.toContain('\u001b');
      expect(text).not.toContain('\u009b');
    }
  });

  it('refuses a name that several have, and lists them with their ids', async () => {
    const twin = orchard.azure.servicePrincipals.add({ displayName: 'Orchard API', appRoles: [PREDICT] });
    const { code, err } = await run('grant', 'Orchard API', 'Images.Predict');
    expect(code).toBe(1);
    for (const text of ['is the name of 2 APIs', CLIENT_ID, apiId, twin.appId, twin.id])
      expect(err).toContain(text);
    expect(held()).toEqual([]);
  });

  it('refuses an API and a role that are not there', async () => {
    const [near, far, role] = await Promise.all([
      run('grant', 'Orchard AP', 'Images.Predict'),
      run('grant', "O'Neill's API", 'Images.Predict'),
      run('grant', CLIENT_ID, 'images.predict'),
    ]);
    expect(near).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /no service principal of an API 'Orchard AP'\. Did you mean Orchard API\?\nFix: az ad sp list/u,
      ),
    });
    expect(far).toMatchObject({
      code: 1,
      err: expect.stringContaining("no service principal of an API 'O'Neill's API'.\n"),
    });
    expect(role).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /has no app role images\.predict\. Did you mean Images\.Predict\?\nFix: One of: Images\.Predict, Predictions\.Read\./u,
      ),
    });
    expect(held()).toEqual([]);
  });

  it('finds an assignment on a later page', async () => {
    orchard.azure.pageSize = 1;
    for (const role of [READ, PREDICT]) {
      orchard.azure.addAppRoleAssignment({ principalId, resourceId: apiId, appRoleId: role.id });
    }
    expect(await run('grant', CLIENT_ID, 'Images.Predict')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Already assigned.'),
    });
    expect(held()).toHaveLength(2);
  });

  it('says which right in the directory is lacking, and whose turn it is to sign in', async () => {
    orchard.azure.deny('graph/write');
    expect(await run('grant', CLIENT_ID, 'Images.Predict')).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /may not do this in the directory[\s\S]*AppRoleAssignment\.ReadWrite\.All.*Privileged Role Administrator/u,
      ),
    });
    orchard.azure.signedIn = false;
    const typed = ['--api', CLIENT_ID, '--role', 'Images.Predict', '--principal', principalId];
    expect(await orchard.runAlone(['grant', 'app-role', ...typed])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Nobody is signed in.*\nFix: az login,/u),
    });
  });
});

describe('revoke app-role', () => {
  it('takes that role away and no other, and a second time changes nothing', async () => {
    for (const role of [READ, PREDICT]) {
      orchard.azure.addAppRoleAssignment({ principalId, resourceId: apiId, appRoleId: role.id });
    }
    const gone = await run('revoke', `api://${CLIENT_ID}`, 'Images.Predict');
    expect(gone).toMatchObject({
      code: 0,
      out: expect.stringContaining('Taken away.'),
      err: expect.stringContaining('up to 24 hours'),
    });
    expect(held()).toEqual([[principalId, apiId, READ.id]]);
    const again = await run('revoke', `api://${CLIENT_ID}`, 'Images.Predict');
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('nothing to take away') });
  });
});
