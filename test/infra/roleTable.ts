import { type Expression, plainText, valueAt, walk } from './bicep/expression.ts';
import type { Resource, Template } from './bicep/template.ts';
import roles from './data/roles.json' with { type: 'json' };

export const ASSIGNMENT = 'Microsoft.Authorization/roleAssignments';
export type RoleRow = { role: string; on: string; to: string; when: string; why: string };

/** The role assignments of the templates, a row for each role that one may give. */
export function roleRows(templates: readonly Template[]): RoleRow[] {
  return templates.flatMap((template) =>
    template.resources
      .filter(({ type }) => type === ASSIGNMENT)
      .flatMap((resource) => rowsOf(template, resource)),
  );
}

/** As Markdown, for docs/infrastructure.md. */
export function roleMarkdown(templates: readonly Template[]): string {
  const head = ['role', 'on', 'to', 'when', 'why'];
  const rows = roleRows(templates).map(({ role, on, to, when, why }) => [role, on, to, when, why]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function rowsOf(template: Template, { body, condition, name }: Resource): RoleRow[] {
  const definition = valueAt(body, 'properties', 'roleDefinitionId');
  const id = definition?.kind === 'call' ? definition.args[1] : undefined;
  const given = id ? possibleRoles(template, id, []) : [];
  const to = saidOf(template, valueAt(body, 'properties', 'principalId')).replace(/^object id of /iu, '');
  const on = onWhat(template, valueAt(body, 'scope'));
  const why = plainText(valueAt(body, 'properties', 'description')) ?? `(${name} does not say)`;
  return given.map(({ role, conditions }) => {
    const all = [...(condition ? [condition.text.replace(/^\((.*)\)$/su, '$1')] : []), ...conditions];
    return {
      role,
      on,
      to,
      when: all.length > 0 ? all.map((each) => `\`${each}\``).join(' and ') : 'always',
      why,
    };
  });
}

/** Follows variables and choices down to role ids. */
function possibleRoles(
  template: Template,
  id: Expression,
  conditions: string[],
): { role: string; conditions: string[] }[] {
  if (id.kind === 'choice') {
    const otherwise = id.condition.text.replace(' == ', ' != ');
    return [
      ...possibleRoles(template, id.yes, [...conditions, id.condition.text]),
      ...possibleRoles(template, id.no, [...conditions, otherwise]),
    ];
  }
  const text = plainText(id);
  if (text !== undefined) {
    const names: Record<string, string> = roles.names;
    return [{ role: names[text] ?? `unknown role ${text}`, conditions }];
  }
  const variable = id.kind === 'name' && template.variables.find(({ name }) => name === id.name);
  if (!variable) return [{ role: `unknown role ${id.text}`, conditions }];
  const own = template.resources.find(
    ({ type, body }) =>
      type === 'Microsoft.Authorization/roleDefinitions' && valueAt(body, 'name')?.text === variable.name,
  );
  if (!own) return possibleRoles(template, variable.value, conditions);
  const roleName = valueAt(own.body, 'properties', 'roleName')?.text.replace(/^'|\s*\(.*$/gu, '');
  return [{ role: `${roleName} (custom)`, conditions }];
}

/** What the parameter behind the scope’s name says of itself. */
function onWhat(template: Template, scope: Expression | undefined): string {
  const target =
    scope?.kind === 'name' && template.resources.find((resource) => resource.name === scope.name);
  return target ? saidOf(template, valueAt(target.body, 'name')) : 'nothing';
}

function saidOf(template: Template, expression: Expression | undefined): string {
  const names = expression
    ? [...walk(expression)].flatMap((each) => (each.kind === 'name' ? [each.name] : []))
    : [];
  const parameter = template.parameters.find(({ name }) => names.includes(name));
  const said = plainText(parameter?.decorators.find(({ name }) => name === 'description')?.args[0]) ?? '?';
  return said.replace(/[;.].*$/su, '').replace(/^Name of the /u, 'The ');
}
