import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  APP,
  MAIL,
  type Orchard,
  PACKER,
  PICKER,
  STORAGE,
  startOrchard,
  TRAINING,
  VISION,
} from './azure/orchard.ts';

let orchard: Orchard;
let principalId: string;
beforeAll(async () => {
  orchard = await startOrchard();
});
beforeEach(() => {
  orchard.plant();
  principalId = orchard.identify(PICKER);
});
afterAll(() => orchard?.close());

const ROLE = {
  vision: 'a97b65f3-24c7-4388-baec-2e87135dc908',
  storage: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  queue: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  mail: '09976791-48a7-449e-bb21-39d1a415f350',
};
const definition = (role: string) =>
  `/subscriptions/${orchard.azure.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
const held = () =>
  orchard.azure.roleAssignments
    .map(({ scope, roleDefinitionId, ...each }) => ({
      principal: each.principalId,
      type: each.principalType,
      scope,
      role: roleDefinitionId.split('/').at(-1),
    }))
    .sort((one, other) => String(one.role).localeCompare(String(other.role)));
const assignment = (scope: string, role: string) => ({
  principal: principalId,
  type: 'ServicePrincipal',
  scope,
  role,
});

describe('grant', () => {
  it('assigns each role to the app’s identity at its resource, says why, and a second time changes nothing', async () => {
    const scopes = { vision: VISION, storage: STORAGE, queue: STORAGE, mail: MAIL };
    const first = await Promise.all(
      Object.entries(scopes).map(([kind, scope]) =>
        orchard.run(['grant', kind, '--scope', scope, '--app', APP]),
      ),
    );
    for (const { code, out, err } of first) {
      expect({ code, out }).toEqual({
        code: 0,
        out: expect.stringMatching(/^Role: [\s\S]*Why: [\s\S]*Assigned\.\n$/u),
      });
      expect(err).toContain('up to ten minutes');
    }
    const expected = Object.entries(scopes).map(([kind, scope]) =>
      assignment(scope, ROLE[kind as keyof typeof ROLE]),
    );
    expect(held()).toEqual(expected.sort((one, other) => one.role.localeCompare(other.role)));
    const again = await orchard.run(['grant', 'mail', '--scope', MAIL, '--app', APP]);
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('Already assigned.') });
    expect(orchard.azure.roleAssignments).toHaveLength(4);
  });

  it('takes an object id or a user-assigned identity of the app, and a container as the scope', async () => {
    const container = `${STORAGE}/blobServices/default/containers/images`;
    const picker = String(orchard.azure.get(PICKER)?.properties.principalId);
    const runs = await Promise.all([
      orchard.run(['grant', 'vision', '--scope', VISION, '--principal', principalId.toUpperCase()]),
      orchard.run([
        'grant',
        'storage',
        '--scope',
        container,
        '--app',
        APP,
        '--user',
        PICKER,
        '--role',
        'storage blob data reader',
      ]),
    ]);
    expect(runs.map(({ code, err }) => [code, err.includes('Not checked')])).toEqual([
      [0, false],
      [0, false],
    ]);
    expect(held()).toEqual([
      {
        principal: picker,
        type: 'ServicePrincipal',
        scope: container,
        role: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
      },
      assignment(VISION, ROLE.vision),
    ]);
  });

  it('with --dry-run tells what it would be and writes nothing', async () => {
    const { code, out } = await orchard.run([
      'grant',
      'vision',
      '--scope',
      VISION,
      '--app',
      APP,
      '--dry-run',
    ]);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/Cognitive Services User[\s\S]*Nothing was changed/u),
    });
    expect(out).toContain(principalId);
    expect(orchard.azure.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('knows an assignment that another name or a wider scope has made', async () => {
    const group = VISION.split('/providers/')[0] ?? '';
    orchard.azure.addRoleAssignment({ principalId, scope: group, roleDefinitionId: definition(ROLE.vision) });
    const { code, out } = await orchard.run(['grant', 'vision', '--scope', VISION, '--app', APP]);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining(`Already assigned, at ${group}, which reaches here`),
    });
    expect(orchard.azure.roleAssignments).toHaveLength(1);
  });

  it('tries again while a new identity is not known everywhere', async () => {
    orchard.plant();
    orchard.azure.replicationDelay = 1;
    principalId = orchard.identify();
    const { code, err } = await orchard.run(['grant', 'vision', '--scope', VISION, '--app', APP]);
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringContaining('does not know the principal everywhere yet'),
    });
    expect(held()).toEqual([assignment(VISION, ROLE.vision)]);
  });

  it('refuses what would help nobody: a training account, a client id, an identity that the app has not', async () => {
    const { appId } = orchard.azure.servicePrincipals.list().find(({ id }) => id === principalId) ?? {};
    const [training, client, user] = await Promise.all([
      orchard.run(['grant', 'vision', '--scope', TRAINING, '--app', APP]),
      orchard.run(['grant', 'vision', '--scope', VISION, '--principal', appId ?? '']),
      orchard.run(['grant', 'vision', '--scope', VISION, '--app', APP, '--user', PACKER]),
    ]);
    expect(training).toMatchObject({
      code: 1,
      err: expect.stringMatching(/is a Custom Vision training account/u),
    });
    expect(client).toMatchObject({
      code: 2,
      err: expect.stringMatching(new RegExp(`is the client id of .*\nFix: --principal ${principalId}`, 'u')),
    });
    expect(user).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /does not have the identity packer[\s\S]*keyless identity assign .*--user .*packer, or --user .*picker/u,
      ),
    });
    expect(orchard.azure.roleAssignments).toEqual([]);
  });

  it('says which right the operator lacks, and who may do it', async () => {
    orchard.azure.deny('Microsoft.Authorization/roleAssignments/write');
    const { code, err } = await orchard.run(['grant', 'mail', '--scope', MAIL, '--app', APP]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /lacks the right Microsoft\.Authorization\/roleAssignments\/write on .*orchard-mail/u,
    );
    expect(err).toMatch(
      /Fix: Owner, User Access Administrator or Role Based Access Control Administrator may do it/u,
    );
  });
});

describe('revoke', () => {
  it('refuses a client id, for which it would find nothing to take away', async () => {
    const { appId = '' } = orchard.azure.servicePrincipals.list().find(({ id }) => id === principalId) ?? {};
    expect(await orchard.run(['revoke', 'vision', '--scope', VISION, '--principal', appId])).toMatchObject({
      code: 2,
      err: expect.stringMatching(new RegExp(`is the client id of .*\nFix: --principal ${principalId}`, 'u')),
    });
  });

  it('takes the role away from that identity at that scope alone, and a second time changes nothing', async () => {
    const other = String(orchard.azure.get(PICKER)?.properties.principalId);
    for (const [principal, scope] of [
      [principalId, VISION],
      [principalId, TRAINING],
      [other, VISION],
    ] as const) {
      orchard.azure.addRoleAssignment({
        principalId: principal,
        scope,
        roleDefinitionId: definition(ROLE.vision),
      });
    }
    const revoke = () => orchard.run(['revoke', 'vision', '--scope', VISION, '--app', APP]);
    expect(await revoke()).toMatchObject({ code: 0, out: expect.stringContaining('Taken away.') });
    expect(held().map(({ principal, scope }) => [principal, scope])).toEqual([
      [principalId, TRAINING],
      [other, VISION],
    ]);
    expect(await revoke()).toMatchObject({ code: 0, out: expect.stringContaining('nothing to take away') });
  });

  it('ends with 1 where the identity keeps the role from further up, and says where it is taken away', async () => {
    const group = VISION.split('/providers/')[0] ?? '';
    const { id } = orchard.azure.addRoleAssignment({
      principalId,
      scope: group,
      roleDefinitionId: definition(ROLE.vision),
    });
    expect(await orchard.run(['revoke', 'vision', '--scope', VISION, '--app', APP])).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        `Still held, from ${group}. Taken away with: az role assignment delete --ids ${id}`,
      ),
    });
    expect(orchard.azure.roleAssignments).toHaveLength(1);
  });
});

const REFUSALS: [string[], RegExp][] = [
  [['grant', 'vision', '--app', APP], /required option '--scope/u],
  [['grant', 'vision', '--scope', VISION], /Whose role is it\? Name one of --principal and --app/u],
  [
    ['grant', 'vision', '--scope', STORAGE, '--app', APP],
    /storageAccounts; vision takes a Microsoft\.CognitiveServices/u,
  ],
  [
    ['revoke', 'mail', '--scope', MAIL, '--user', PICKER, '--principal', ROLE.mail],
    /--user goes with --app/u,
  ],
  [
    ['revoke', 'app-role', '--api', 'x', '--role', 'y', '--principal', 'me'],
    /'me' is no object id: that is a GUID/u,
  ],
  [['grant', 'vison', '--scope', VISION], /unknown command.*vison[\s\S]*vision/u],
];

describe('grant and revoke, used wrongly,', () => {
  it('are refused with 2, before anything is asked of Azure', async () => {
    // two at a time, since each is a process
    const waiting = REFUSALS.values();
    const lane = async () => {
      for (const [args, words] of waiting) {
        const { code, out, err } = await orchard.run(args);
        expect({ args, code, out }).toEqual({ args, code: 2, out: '' });
        expect(err).toMatch(words);
      }
    };
    await Promise.all([lane(), lane()]);
    expect(orchard.azure.requests).toHaveLength(0);
  });
});
