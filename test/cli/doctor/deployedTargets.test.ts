import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../../src/cli/doctor/runDoctor.ts';
import { ROLE_TARGETS } from '../../../src/cli/grant/roles.ts';
import { environment } from '../../settings/environment.ts';
import { APP, MAIL, type Orchard, startOrchard, VISION } from '../azure/orchard.ts';

const TOPIC = MAIL.replace(/Microsoft\.Communication.*/u, 'Microsoft.EventGrid/topics/orchard-told');
const DOMAIN = MAIL.replace(/communicationServices.*/u, 'emailServices/orchard-mail/domains/orchard');
const API = 'api://d60f1ae7-2192-4b6c-876c-343f558a5851';
const RECEIVE = { id: '6f5b5f2e-0d3a-4f5c-9f0b-4c7a1f2e3d01', value: 'Pictures.Receive' };
const READ = { id: '6f5b5f2e-0d3a-4f5c-9f0b-4c7a1f2e3d02', value: 'Pictures.Read' };
const CONTRIBUTOR = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
const RULES = [
  { to: { api: 'https://orders.invalid/pictures', scope: `${API}/.default`, role: RECEIVE.value } },
  { to: { topic: 'https://orchard-told.invalid/api/events' } },
  { to: { mail: 'https://orchard-mail.invalid', from: 'a@b.example', recipients: ['c@d.example'] } },
];

let orchard: Orchard;
let principalId: string;
let apiId: string;
beforeAll(async () => {
  orchard = await startOrchard();
});
beforeEach(() => {
  orchard.plant();
  const { azure } = orchard;
  principalId = orchard.identify();
  azure.put({
    id: `${APP}/config/appsettings`,
    type: 'Microsoft.Web/sites/config',
    properties: environment({ NOTIFY: JSON.stringify(RULES) }),
  });
  azure.put({
    id: TOPIC,
    type: 'Microsoft.EventGrid/topics',
    location: 'westeurope',
    properties: { endpoint: 'https://orchard-told.invalid/api/events' },
  });
  linkedDomains('b.example');
  apiId = azure.servicePrincipals.add({
    displayName: 'Orders',
    servicePrincipalNames: [API],
    appRoles: [RECEIVE, READ],
  }).id;
});
afterAll(() => orchard?.close());

function linkedDomains(name?: string): void {
  const { azure } = orchard;
  azure.put({
    id: DOMAIN,
    type: 'Microsoft.Communication/emailServices/domains',
    location: 'global',
    properties: { fromSenderDomain: name, mailFromSenderDomain: name },
  });
  azure.put({
    id: MAIL,
    type: 'Microsoft.Communication/communicationServices',
    location: 'global',
    properties: { hostName: 'orchard-mail.invalid', linkedDomains: name ? [DOMAIN] : [] },
  });
}

async function checks() {
  const { out } = await orchard.run([
    ...['doctor', '--app', 'orchard-app', '--resource-group', 'orchard', '--json'],
    ...['--subscription', orchard.azure.subscriptionId],
  ]);
  return (JSON.parse(out) as { checks: Diagnosis['results'] }).checks;
}
/** What doctor says of the rights at the targets, by their kinds. */
async function rights() {
  return Object.fromEntries(
    (await checks()).flatMap((each) => {
      const kind = /^target-right:(\w+)/u.exec(each.id)?.[1];
      return kind ? [[kind, each]] : [];
    }),
  );
}
const grant = (role: string, scope: string) =>
  orchard.azure.addRoleAssignment({
    principalId,
    scope,
    roleDefinitionId: `/subscriptions/${orchard.azure.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
  });
const idOf = (kind: 'topic' | 'mail') => ROLE_TARGETS[kind].roles[0].id;

describe('doctor --app, of whom the app tells', () => {
  it('finds each right that is missing, with the command that grants it', async () => {
    const { api, topic, mail } = await rights();
    expect(api).toMatchObject({
      status: 'fault',
      finding: `The identity has no app role of ${API}, not ${RECEIVE.value}: nothing is sent.`,
      command: `npm run keyless -- grant app-role --api ${API} --role ${RECEIVE.value} --principal ${principalId}`,
    });
    for (const [found, role, scope] of [
      [topic, 'EventGrid Data Sender', TOPIC],
      [mail, 'Communication and Email Service Owner', MAIL],
    ] as const) {
      expect(found).toMatchObject({ status: 'fault', finding: expect.stringMatching(/^No role/u) });
      expect(found?.command).toContain(`--role "${role}" --scope ${scope}`);
    }
  });

  it('finds them where they are; an app role that is new may not be in the token yet', async () => {
    orchard.azure.addAppRoleAssignment({ principalId, resourceId: apiId, appRoleId: RECEIVE.id });
    grant(idOf('topic'), TOPIC);
    grant(idOf('mail'), MAIL);
    const { api, topic, mail } = await rights();
    expect(api).toMatchObject({
      status: 'warning',
      finding: expect.stringContaining('its token may be from before'),
    });
    expect([topic?.finding, mail?.finding]).toEqual([
      `EventGrid Data Sender at ${TOPIC}.`,
      `Communication and Email Service Owner at ${MAIL}.`,
    ]);
  });

  it('tells another app role, a role elsewhere and one that does not allow it', async () => {
    orchard.azure.addAppRoleAssignment({ principalId, resourceId: apiId, appRoleId: READ.id });
    grant(CONTRIBUTOR, TOPIC); // it manages topics, and may not publish
    grant(idOf('mail'), VISION);
    const { api, topic, mail } = await rights();
    expect(api?.finding).toBe(
      `The identity has only ${READ.value} of ${API}, not ${RECEIVE.value}: nothing is sent.`,
    );
    expect(topic?.finding).toMatch(/^Wrong role: Contributor on orchard-told/u);
    expect(mail?.finding).toMatch(/^Wrong account: /u);
    grant(CONTRIBUTOR, MAIL); // sending mail is checked by actions, which it has
    expect((await rights()).mail?.finding).toBe(`Contributor at ${MAIL}.`);
  });

  it('tells a sender whose domain is not linked, with what links it', async () => {
    grant(idOf('mail'), MAIL);
    linkedDomains('farm.example');
    expect((await rights()).mail).toMatchObject({
      status: 'fault',
      finding: 'a@b.example is of no domain that orchard-mail may send for: it has farm.example.',
      command: `az communication update --name orchard-mail --resource-group orchard --linked-domains ${DOMAIN} <id of the domain of a@b.example>`,
    });
    linkedDomains();
    expect((await rights()).mail?.finding).toMatch(/: it has none\.$/u);
    linkedDomains('B.example');
    expect((await rights()).mail?.status).toBe('ok');
  });

  it('looks at each app role that one host asks for', async () => {
    const reads = { to: { ...RULES[0]?.to, role: READ.value } };
    orchard.azure.put({
      id: `${APP}/config/appsettings`,
      type: 'Microsoft.Web/sites/config',
      properties: environment({ NOTIFY: JSON.stringify([RULES[0], reads, reads]) }),
    });
    orchard.azure.addAppRoleAssignment({ principalId, resourceId: apiId, appRoleId: READ.id });
    const found = (await checks()).filter(({ id }) => id.startsWith('target'));
    expect(found.map(({ id, status }) => [id, status])).toEqual([
      ['target:api orders.invalid', expect.anything()],
      [`target-right:api orders.invalid (${API}, ${RECEIVE.value})`, 'fault'],
      [`target-right:api orders.invalid (${API}, ${READ.value})`, 'warning'],
    ]);
  });

  it('says where this sign-in sees no such resource, and no such API', async () => {
    orchard.azure.servicePrincipals.remove(apiId);
    orchard.azure.put({
      id: MAIL,
      type: 'Microsoft.Communication/communicationServices',
      location: 'global',
      properties: { hostName: 'other.invalid' },
    });
    const { api, mail } = await rights();
    expect(mail).toMatchObject({
      status: 'warning',
      finding: 'This subscription shows no mail at https://orchard-mail.invalid to your sign-in.',
    });
    expect(api).toMatchObject({
      status: 'could not check',
      finding: expect.stringContaining(`The directory has no service principal of an API '${API}'`),
    });
  });
});
