import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { APP, EVENTS, type Orchard, PACKER, PICKER, STORAGE, startOrchard, VISION } from './azure/orchard.ts';

let orchard: Orchard;
beforeAll(async () => {
  orchard = await startOrchard();
});
beforeEach(() => orchard.plant());
afterAll(() => orchard?.close());

const writes = () => orchard.azure.requests.filter(({ method }) => !['GET', 'HEAD'].includes(method));
const users = (id: string) =>
  Object.keys(orchard.azure.get(id)?.identity?.userAssignedIdentities ?? {}).sort();

describe('identity show', () => {
  it('tells the principals of a resource, for people and as JSON', async () => {
    const principalId = orchard.identify(PICKER);
    const [told, json] = await Promise.all([
      orchard.run(['identity', 'show', APP]),
      orchard.run(['identity', 'show', APP, '--json']),
    ]);
    const { tenantId } = orchard.azure;
    const picker = orchard.azure.get(PICKER)?.properties ?? {};
    expect(told).toMatchObject({ code: 0, err: '' });
    for (const text of [
      'SystemAssigned, UserAssigned',
      principalId,
      tenantId,
      PICKER,
      picker.clientId,
      picker.principalId,
    ]) {
      expect(told.out).toContain(text);
    }
    expect(JSON.parse(json.out)).toEqual({
      id: APP,
      type: 'SystemAssigned, UserAssigned',
      tenantId: orchard.azure.tenantId,
      systemAssigned: { principalId },
      userAssigned: [{ id: PICKER, clientId: picker.clientId, principalId: picker.principalId }],
    });
    expect(orchard.azure.requests.find(({ path }) => path === APP)?.apiVersion).toBe('2025-05-01');
  });

  it('says how to give one to a resource that has none', async () => {
    const { code, out, err } = await orchard.run(['identity', 'show', STORAGE]);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('None') });
    expect(err).toContain(`keyless identity assign ${STORAGE} --system`);
  });

  it('says what is wrong: no sign-in, no such resource, a type that is none, no right', async () => {
    const show = (id: string) => orchard.run(['identity', 'show', id]);
    const [missing, type] = await Promise.all([show(`${APP}-2`), show(APP.replace('/sites/', '/site/'))]);
    expect(missing).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/no such resource[\s\S]*az resource list/u),
    });
    expect(type).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/no resource type site\. Did you mean sites\?/u),
    });
    orchard.azure.deny('Microsoft.Web/sites/read');
    expect(await show(APP)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/lacks the right Microsoft\.Web\/sites\/read on[\s\S]*Reader may/u),
    });
    orchard.azure.signedIn = false;
    expect(await orchard.runAlone(['identity', 'show', APP])).toEqual({
      code: 1,
      out: '',
      err: 'Nobody is signed in on this machine, or the sign-in is no longer good.\nFix: az login, then the same command again.\n',
    });
  });

  it('waits when it is asked to, and tells trouble on the other side as such', async () => {
    orchard.azure.faults.next({ status: 429, headers: { 'retry-after': '0' } });
    expect(await orchard.run(['identity', 'show', APP])).toMatchObject({ code: 0, err: expect.any(String) });
    expect(orchard.azure.faults.injected).toEqual({ 429: 1 });
    orchard.azure.faults.always({ status: 429, headers: { 'retry-after': '0' } });
    expect(await orchard.run(['identity', 'show', APP])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/asks for fewer requests \(429/u),
    });
  });
});

describe('identity assign', () => {
  it('adds to what is there and changes nothing else of a function app', async () => {
    const before = orchard.azure.get(APP);
    const first = await orchard.run(['identity', 'assign', APP, '--user', PICKER]);
    expect(first.code).toBe(0);
    const { code, out } = await orchard.run(['identity', 'assign', APP, '--system', '--user', PACKER]);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/System-assigned identity: assigned\.[\s\S]*packer: assigned\./u),
    });
    const { identity, ...rest } = orchard.azure.get(APP) ?? {};
    expect(identity).toMatchObject({ type: 'SystemAssigned, UserAssigned', principalId: expect.any(String) });
    expect(out).toContain(identity?.principalId);
    expect(users(APP)).toEqual([PACKER, PICKER]);
    const { identity: _, ...restBefore } = before ?? {};
    expect(rest).toEqual(restBefore);
  });

  it('waits until a system topic has taken it, and changes nothing else of it', async () => {
    const before = orchard.azure.get(EVENTS);
    orchard.azure.operations.polls = 1;
    const { code, out } = await orchard.run(['identity', 'assign', EVENTS, '--system', '--user', PICKER]);
    const after = orchard.azure.get(EVENTS);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining(after?.identity?.principalId ?? 'none'),
    });
    expect(after?.identity?.type).toBe('SystemAssigned, UserAssigned');
    expect({ ...after, identity: undefined }).toEqual({ ...before, identity: undefined });
    expect(
      orchard.azure.requests.filter(({ path }) => path.includes('operationStatuses')).length,
    ).toBeGreaterThan(1);
  });

  it('says so when nothing has to change, and then writes nothing', async () => {
    orchard.identify(PICKER);
    const before = writes().length;
    const { code, out } = await orchard.run([
      'identity',
      'assign',
      APP,
      '--system',
      '--user',
      PICKER.toLowerCase(),
    ]);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/was assigned already[\s\S]*Nothing had to change\./u),
    });
    expect(writes()).toHaveLength(before);
  });

  it('tells what fails: an operation in the end, a right, a lock, an identity that is not there', async () => {
    orchard.azure.operations.polls = 0;
    orchard.azure.failNextOperation('FailedIdentityOperation', 'The directory is asleep.');
    expect(await orchard.run(['identity', 'assign', EVENTS, '--system'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('The identity could not be changed: The directory is asleep.'),
    });
    const [gone, none] = await Promise.all([
      orchard.run(['identity', 'assign', APP, '--user', `${PICKER}-gone`]),
      orchard.run(['identity', 'assign', `${STORAGE}/blobServices/default`, '--system']),
    ]);
    expect(gone).toMatchObject({
      code: 1,
      err: expect.stringMatching(/picker-gone[\s\S]*az identity list/u),
    });
    expect(none.code).toBe(1);
    orchard.azure.lock(APP, 'ReadOnly');
    expect(await orchard.run(['identity', 'assign', APP, '--system'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/A lock forbids the change[\s\S]*az lock list --resource/u),
    });
    orchard.azure.deny('Microsoft.Web/sites/write');
    expect(await orchard.run(['identity', 'assign', APP, '--system'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/lacks the right Microsoft\.Web\/sites\/write[\s\S]*Contributor may/u),
    });
    expect(orchard.azure.get(APP)?.identity).toBeUndefined();
  });
});

describe('identity remove', () => {
  let principalId: string;
  beforeEach(() => {
    principalId = orchard.identify(PICKER, PACKER);
  });

  it('takes off the one that is named and keeps the others, without asking', async () => {
    const { code, out, err } = await orchard.run(['identity', 'remove', APP, '--user', PICKER]);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('picker: removed.') });
    expect(err).toContain('itself stays');
    expect(users(APP)).toEqual([PACKER]);
    expect(orchard.azure.get(APP)?.identity?.principalId).toBe(principalId);
    expect(orchard.azure.get(PICKER)).toBeDefined();
  });

  it('lists what is lost for good with a system-assigned one, and does nothing where nobody can say yes', async () => {
    const api = orchard.azure.servicePrincipals.add({
      displayName: 'Orchard API',
      appRoles: [{ id: '6f5b5f2e-0d3a-4f5c-9f0b-4c7a1f2e3d01', value: 'Images.Predict' }],
    });
    orchard.azure.addAppRoleAssignment({
      principalId,
      resourceId: api.id,
      appRoleId: api.appRoles[0]?.id ?? '',
    });
    orchard.azure.addRoleAssignment({
      principalId,
      scope: VISION,
      roleDefinitionId: `/subscriptions/${orchard.azure.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/a97b65f3-24c7-4388-baec-2e87135dc908`,
    });
    const before = writes().length;
    const { code, out, err } = await orchard.run(['identity', 'remove', APP, '--system']);
    expect(code).toBe(2);
    expect(out).toContain(`role Cognitive Services User on ${VISION}`);
    expect(out).toContain('app role Images.Predict of Orchard API');
    expect(err).toMatch(/not a terminal\. Nothing was changed\.\nFix: .*--yes/u);
    expect(writes()).toHaveLength(before);
    expect(orchard.azure.get(APP)?.identity?.principalId).toBe(principalId);
  });

  it('removes it with --yes, also where the directory may not be read, which it says', async () => {
    orchard.azure.deny('graph');
    const { code, out } = await orchard.run(['identity', 'remove', APP, '--system', '--yes']);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(
        /not read: app roles: The operator may not do this in the directory[\s\S]*System-assigned identity: removed\./u,
      ),
    });
    expect(orchard.azure.get(APP)?.identity?.type).toBe('UserAssigned');
    expect(users(APP)).toEqual([PACKER, PICKER]);
  });

  it('takes off all, and says so when nothing had to go', async () => {
    expect(await orchard.run(['identity', 'remove', APP, '--all', '--yes'])).toMatchObject({ code: 0 });
    expect(orchard.azure.get(APP)?.identity?.type ?? 'None').toBe('None');
    const again = await orchard.run(['identity', 'remove', APP, '--system', '--user', PICKER]);
    expect(again).toMatchObject({
      code: 0,
      out: expect.stringMatching(/was not assigned[\s\S]*Nothing had to change/u),
    });
  });
});

const REFUSALS: [string[], RegExp][] = [
  [['show', 'orchard-app'], /is no resource id\.\nFix: An id looks like \/subscriptions\//u],
  [['assign', APP], /No identity is named\.\nFix: .*--system, or --user/u],
  [
    ['assign', APP, '--user', STORAGE],
    /is a Microsoft\.Storage\/storageAccounts, not a user-assigned identity/u,
  ],
  [['remove', APP, '--all', '--system'], /--all takes off every identity/u],
  [['sho', APP], /unknown command.*sho[\s\S]*show/u],
];

describe('identity, used wrongly,', () => {
  it('is refused with 2, before anything is asked of Azure', async () => {
    // two at a time, since each is a process
    const waiting = REFUSALS.values();
    const lane = async () => {
      for (const [args, words] of waiting) {
        const { code, out, err } = await orchard.run(['identity', ...args]);
        expect({ args, code, out }).toEqual({ args, code: 2, out: '' });
        expect(err).toMatch(words);
      }
    };
    await Promise.all([lane(), lane()]);
    expect(orchard.azure.requests).toHaveLength(0);
  });
});
