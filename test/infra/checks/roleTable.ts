import type { Scenario } from '../scenarios.ts';
import type { Check, Finding } from './finding.ts';
import { type Given, givenRoles, roleName } from './roles.ts';

const PAGE = 'docs/infrastructure.md';
const MAIN = 'infra/main.bicep';
/** What the page calls the things that roles are given on, and whom they are given to. */
const ON: [RegExp, string][] = [
  [/\/storageAccounts\/sthost\w+$/u, 'The host’s own account'],
  [/\/storageAccounts\/stimage\w+$/u, 'Account of the pictures'],
  [/\/queues\/[\w-]+$/u, 'Queue of the events, with delivery by queue'],
  [/\/containers\/dead-letters$/u, 'Container for events that could not be delivered'],
  [/\/accounts\/cvt-[\w-]+$/u, 'Training account made here'],
  [/\/accounts\/[\w-]+$/u, 'The prediction account'],
  [/\/components\/[\w-]+$/u, 'Application Insights of the app'],
  [/\/communicationServices\/[\w-]+$/u, 'Communication Services'],
  [/\/topics\/evgt-notify-[\w-]+$/u, 'Topic of what the app tells'],
];
const TO: [RegExp, string][] = [
  [/\/systemTopics\//u, 'the identity of the Event Grid topic'],
  [/\/(?:userAssignedIdentities|sites)\//u, 'the app’s identity'],
  [/^[\da-f-]{36}$/u, 'whoever deploys'],
];
/** What the page calls the cases, and when each is one. */
const WHEN: Record<string, (scenario: Scenario) => boolean> = {
  always: () => true,
  '`VISION_ROLE` is `Predictor`': ({ parameters }) => parameters.visionRole === 'Predictor',
  '`VISION_ROLE` is `CognitiveServicesUser`': ({ parameters }) => parameters.visionRole !== 'Predictor',
  '`EVENT_DELIVERY` is `queue`': ({ outputs }) => outputs.EVENT_DELIVERY === 'queue',
  '`EVENT_DELIVERY` is `webhook`': ({ outputs }) => outputs.EVENT_DELIVERY === 'webhook',
  '`WITH_MAIL` is `true`, or `NOTIFY` asks for it': ({ outputs }) => outputs.MAIL_ENDPOINT !== '',
  '`NOTIFY` asks for a topic': ({ outputs }) => outputs.NOTIFY_TOPIC_ID !== '',
  'azd knows who that is': ({ parameters }) => 'deployerPrincipalId' in parameters,
  'azd knows who that is, and it is made': ({ parameters, outputs }) =>
    'deployerPrincipalId' in parameters && outputs.VISION_TRAINING_ENDPOINT !== '',
};

/** The table of the page holds in every scenario: what it says is given is given, and nothing else. */
export const documentedRoles: Check = ({ files, scenarios }) => {
  const table = /<!-- roles -->([\s\S]*?)<!-- \/roles -->/u.exec(files.get(PAGE) ?? '')?.[1] ?? '';
  const rows = [...table.matchAll(/^\| (?!role |---)(.+) \|$/gmu)].map(([, cells = '']) =>
    cells.split(' | '),
  );
  const unknown = rows.filter(([, , , when = '']) => !WHEN[when]);
  return [
    ...unknown.map((row) => tell(`${row[3]} is no case that test/infra/checks/roleTable.ts knows.`)),
    ...scenarios
      .filter(({ template }) => template === MAIN)
      .flatMap((scenario) => {
        const { name, resources } = scenario;
        const given = givenRoles(resources).map((each) =>
          rowOf(each.given, roleName(each.given.role, resources)),
        );
        const said = rows
          .filter(([, , , when = '']) => WHEN[when]?.(scenario))
          .map(([role, on, to, , why]) => [role, on, to, why].join(' | '));
        return [
          ...given
            .filter((row) => !said.includes(row))
            .map((row) => tell(`The table lacks ${row} (${name}).`)),
          ...said
            .filter((row) => !given.includes(row))
            .map((row) => tell(`The Bicep does not give ${row} (${name}).`)),
        ];
      }),
  ];
};

const rowOf = ({ scope, principal, description }: Given, role = 'an unknown role'): string =>
  [role, nameIn(ON, scope), nameIn(TO, principal), description].join(' | ');

const nameIn = (names: typeof ON, text: string): string =>
  names.find(([pattern]) => pattern.test(text))?.[1] ?? text;

const tell = (message: string): Finding => ({ rule: 'roleTable', file: PAGE, message });
