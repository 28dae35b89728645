import roles from '../data/roles.json' with { type: 'json' };
import { guid } from '../expressions.ts';
import type { Deployed } from '../scenarios.ts';
import { type Check, called } from './finding.ts';
import { partOf } from './part.ts';

const DEFINITION = 'Microsoft.Authorization/roleDefinitions';
const PREDICTION =
  /^Microsoft\.CognitiveServices\/accounts\/CustomVision(?:\.Prediction)?\/(?:classify|detect)\//u;

/** A role as it is given. */
export type Given = { role: string; scope: string; principal: string; description: string };

/** Every role that a deployment gives. */
export function givenRoles(resources: readonly Deployed[]): { resource: Deployed; given: Given }[] {
  return resources
    .filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments')
    .map((resource) => {
      const at = (member: string) => String(partOf(resource, `properties.${member}`) ?? '');
      const given = {
        role: at('roleDefinitionId').split('/').at(-1) ?? '',
        scope: resource.id.replace(/\/providers\/Microsoft\.Authorization\/roleAssignments\/[^/]+$/u, ''),
        principal: at('principalId'),
        description: at('description'),
      };
      return { resource, given };
    });
}

/** What the role is called; those made here carry the group in their names, to be the only ones in the tenant. */
export function roleName(id: string, resources: readonly Deployed[]): string | undefined {
  const own = resources.find(({ type, name }) => type === DEFINITION && name === id);
  if (own) return `${String(partOf(own, 'properties.roleName')).replace(/ \(.*$/u, '')} (custom)`;
  return (roles.names as Record<string, string>)[id];
}

/** Each assignment is of a known role, on one thing, named after scope, principal and role, and says whose and why. */
export const assignments: Check = ({ scenarios }) =>
  scenarios.flatMap(({ resources }) =>
    givenRoles(resources).flatMap(({ resource, given }) => {
      const told = `“${given.description || resource.name}”`;
      return [...faults(resource, given, roleName(given.role, resources))].map((message) => ({
        rule: 'roles',
        file: /\/CognitiveServices\/accounts\/cv-/u.test(given.scope)
          ? 'infra/roles-vision.bicep'
          : 'infra/roles.bicep',
        message: `${told}: ${message}`,
      }));
    }),
  );

function* faults(resource: Deployed, given: Given, known: string | undefined): Generator<string> {
  const { role, scope, principal, description } = given;
  if (!known) yield `${role} is the id of no role of test/infra/data/roles.json.`;
  if (/\/resourceGroups\/[^/]+$/u.test(scope))
    yield 'it has no scope, so the role is given on the whole group.';
  if (!principal) yield 'nobody gets the role.';
  if (!partOf(resource, 'properties.principalType')) {
    yield 'principalType is not set: a fresh identity may then not be found yet.';
  }
  if (!description) yield 'its description does not say why.';
  if (resource.name !== guid(scope, principal, role)) {
    yield 'its name must be guid(<scope>.id, <principal>, <role>) of this very scope, principal and role.';
  }
}

/** A role of our own may do data actions of prediction, and nothing else. */
export const customRole: Check = ({ scenarios }) =>
  scenarios.flatMap(({ resources }) =>
    resources
      .filter(({ type }) => type === DEFINITION)
      .flatMap((resource) => {
        const [first] = partOf(resource, 'properties.permissions') as Record<string, string[]>[];
        const { dataActions = [], actions = [] } = first ?? {};
        const wide = [...dataActions.filter((action) => !PREDICTION.test(action)), ...actions];
        const missing = ['CustomVision', 'CustomVision.Prediction']
          .flatMap((namespace) => [`${namespace}/classify/`, `${namespace}/detect/`])
          .filter((each) => !dataActions.some((action) => action.includes(`/${each}`)));
        return [
          ...wide.map((action) => `it may do ${action}: too much for predicting.`),
          ...missing.map((each) => `it lacks the data actions of ${each}*.`),
        ].map((message) => ({
          rule: 'roles',
          file: 'infra/roles-vision.bicep',
          message: `${called(resource)}: ${message}`,
        }));
      }),
  );
