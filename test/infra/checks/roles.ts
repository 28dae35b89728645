import { type Expression, plainText, valueAt } from '../bicep/expression.ts';
import type { Resource } from '../bicep/template.ts';
import roles from '../data/roles.json' with { type: 'json' };
import { ASSIGNMENT, roleMarkdown } from '../roleTable.ts';
import type { Check, Finding } from './finding.ts';
import { partOf } from './part.ts';

const PAGE = 'docs/infrastructure.md';

/** Each assignment is named after scope, principal and role, and says whose principal it is, and why. */
export const assignments: Check = ({ templates }) =>
  templates.flatMap(({ path: file, resources }) =>
    resources
      .filter(({ type }) => type === ASSIGNMENT)
      .flatMap((resource) =>
        [...faults(resource)].map((message) => ({
          rule: 'roles',
          file,
          line: resource.line,
          message: `${resource.name}: ${message}`,
        })),
      ),
  );

function* faults({ body }: Resource): Generator<string> {
  const scope = valueAt(body, 'scope');
  const principal = valueAt(body, 'properties', 'principalId');
  const definition = valueAt(body, 'properties', 'roleDefinitionId');
  const role = definition?.kind === 'call' ? definition.args[1] : undefined;
  if (!scope) yield 'it has no scope, so the role is given on the whole group.';
  if (!principal) yield 'it has no principalId.';
  if (!valueAt(body, 'properties', 'principalType')) {
    yield 'principalType is not set: a fresh identity may then not be found yet.';
  }
  if (!plainText(valueAt(body, 'properties', 'description'))) yield 'its description does not say why.';
  if (!isRoleDefinition(definition)) {
    yield "roleDefinitionId must be subscriptionResourceId('Microsoft.Authorization/roleDefinitions', <id>).";
  }
  const name = valueAt(body, 'name');
  const expected = `guid(${scope?.text}.id, ${principal?.text}, ${role?.text})`;
  if (name?.text !== expected) yield `its name must be ${expected}, is ${name?.text}.`;
}

const isRoleDefinition = (call: Expression | undefined): boolean =>
  call?.kind === 'call' &&
  call.name === 'subscriptionResourceId' &&
  plainText(call.args[0]) === 'Microsoft.Authorization/roleDefinitions' &&
  call.args.length === 2;

/** Every role that comes out is a built-in one of the list, or one made here; no principal is empty. */
export const givenRoles: Check = ({ deployments }) =>
  deployments.flatMap(({ deployment: { resources } }) =>
    resources
      .filter(({ type }) => type === ASSIGNMENT)
      .flatMap(({ file, line, symbol, body }): Finding[] => {
        const id = String(partOf(body, 'properties.roleDefinitionId')).split('/').at(-1) ?? '';
        const own = resources.some(
          ({ type, name }) => type === 'Microsoft.Authorization/roleDefinitions' && name === id,
        );
        const at = { rule: 'roles', file, line };
        return [
          ...(own || Object.hasOwn(roles.names, id)
            ? []
            : [{ ...at, message: `${symbol}: ${id} is the id of no role of test/infra/data/roles.json.` }]),
          ...(partOf(body, 'properties.principalId')
            ? []
            : [{ ...at, message: `${symbol}: nobody gets the role.` }]),
        ];
      }),
  );

/** A role of our own may do data actions of prediction, and nothing else. */
export const customRole: Check = ({ templates }) =>
  templates.flatMap(({ path: file, resources }) =>
    resources
      .filter(({ type }) => type === 'Microsoft.Authorization/roleDefinitions')
      .flatMap(({ name, line, body }) => {
        const permissions = valueAt(body, 'properties', 'permissions');
        const [first] = permissions?.kind === 'array' ? permissions.items : [];
        const listed = (key: string) => {
          const list = valueAt(first, key);
          return list?.kind === 'array' ? list.items.map((item) => plainText(item) ?? item.text) : [];
        };
        const wide = listed('dataActions').filter((action) => !PREDICTION.test(action));
        const needed = ['CustomVision', 'CustomVision.Prediction'].flatMap((namespace) =>
          ['classify', 'detect'].map((kind) => `${namespace}/${kind}/`),
        );
        const missing = needed.filter(
          (each) => !listed('dataActions').some((action) => action.includes(`/${each}`)),
        );
        return [
          ...[...wide, ...listed('actions')].map(
            (action) => `${name} may do ${action}: too much for predicting.`,
          ),
          ...missing.map((each) => `${name} lacks the data actions of ${each}*.`),
        ].map((message) => ({ rule: 'roles', file, line, message }));
      }),
  );

const PREDICTION =
  /^Microsoft\.CognitiveServices\/accounts\/CustomVision(?:\.Prediction)?\/(?:classify|detect)\//u;

/** The table of docs/infrastructure.md is the one of the Bicep. */
export const documentedRoles: Check = ({ files, templates }) => {
  const rows = (text: string) => text.split('\n').filter((line) => /^\| (?!role |---)/u.test(line));
  const page = files.get(PAGE) ?? '';
  const documented = rows(/<!-- roles -->([\s\S]*?)<!-- \/roles -->/u.exec(page)?.[1] ?? '');
  const given = rows(roleMarkdown(templates));
  const tell = (message: string): Finding => ({ rule: 'roleTable', file: PAGE, message });
  const fix = 'node test/infra/roles.ts prints the table';
  return [
    ...given
      .filter((row) => !documented.includes(row))
      .map((row) => tell(`The table lacks ${row} (${fix}).`)),
    ...documented
      .filter((row) => !given.includes(row))
      .map((row) => tell(`The Bicep does not give ${row} (${fix}).`)),
  ];
};
