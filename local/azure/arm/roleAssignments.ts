import { randomUUID } from 'node:crypto';
import { type ApiAnswer, type ApiRequest, linkTo, pageOf } from '../api.ts';
import { armError, invalidContent } from './armError.ts';
import type { ArmPath } from './armPath.ts';
import { readFilter } from './filter.ts';
import { same } from './resource.ts';
import { type RoleDefinitions, roleNotFound } from './roleDefinitions.ts';

export type RoleAssignment = {
  id: string;
  principalId: string;
  principalType: string;
  roleDefinitionId: string;
  scope: string;
};

/** The name at the end of the id is a new GUID unless given. */
export type RoleAssignmentSeed = Omit<RoleAssignment, 'id' | 'principalType'> & {
  name?: string;
  principalType?: string;
};

/** What the directory says of a principal: its type, or why there is none. */
export type PrincipalLookup = (id: string) => { type: string } | 'unknown' | 'replicating';

export type RoleAssignments = {
  readonly all: readonly RoleAssignment[];
  add(seed: RoleAssignmentSeed): RoleAssignment;
  answer(request: ApiRequest, at: ArmPath): ApiAnswer;
  clear(): void;
};

export type RoleAssignmentsOptions = {
  roles: RoleDefinitions;
  tenantId: string;
  principal: PrincipalLookup;
  pageSize(): number;
};

/** https://learn.microsoft.com/rest/api/authorization/role-assignments and, for the errors,
 * https://learn.microsoft.com/azure/role-based-access-control/troubleshooting */
export function createRoleAssignments(options: RoleAssignmentsOptions): RoleAssignments {
  const { roles, tenantId, principal } = options;
  let all: RoleAssignment[] = [];
  const byName = (scope: string, name: string) => all.find(({ id }) => same(id, idOf(scope, name)));
  const add = ({ name = randomUUID(), principalType = 'ServicePrincipal', ...seed }: RoleAssignmentSeed) => {
    const assignment = { id: idOf(seed.scope, name), principalType, ...seed };
    all.push(assignment);
    return assignment;
  };

  function create(scope: string, name: string, body: unknown): ApiAnswer {
    if (!GUID.test(name)) {
      throw armError(
        400,
        'InvalidRoleAssignmentId',
        `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
      );
    }
    const { roleDefinitionId, principalId, principalType } = Object(Object(body).properties);
    if (typeof roleDefinitionId !== 'string' || typeof principalId !== 'string') {
      throw invalidContent('properties.roleDefinitionId and properties.principalId are needed');
    }
    const role = roles.find(roleDefinitionId);
    if (!role) throw roleNotFound(roleDefinitionId.slice(roleDefinitionId.lastIndexOf('/') + 1));
    const known = byName(scope, name);
    const wanted = { scope, principalId, roleDefinitionId: role.id };
    if (known) {
      if (sameGrant(known, wanted)) return { status: 200, body: shown(known) };
      throw armError(
        400,
        'RoleAssignmentUpdateNotPermitted',
        'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
      );
    }
    const existing = all.find((each) => sameGrant(each, wanted));
    if (existing) {
      const id = existing.id.slice(existing.id.lastIndexOf('/') + 1).replaceAll('-', '');
      throw armError(
        409,
        'RoleAssignmentExists',
        `The role assignment already exists. The ID of the existing role assignment is ${id}.`,
      );
    }
    const type = typeOf(principalId, principalType);
    return { status: 201, body: shown(add({ ...wanted, name, principalType: type })) };
  }

  function typeOf(principalId: string, asked: unknown): string {
    const found = principal(principalId);
    if (found === 'unknown' || found === 'replicating') {
      throw armError(
        400,
        'PrincipalNotFound',
        `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${tenantId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
      );
    }
    if (asked !== undefined && asked !== found.type) {
      throw armError(
        400,
        'UnmatchedPrincipalType',
        `The PrincipalId '${principalId.replaceAll('-', '')}' has type '${found.type}' , which is different from specified PrinciaplType '${asked}'.`,
      );
    }
    return found.type;
  }

  function list({ query, origin, path }: ApiRequest, scope: string): ApiAnswer {
    const { test, calls } = readFilter(
      query.get('$filter'),
      ['principalId', 'roleDefinitionId'],
      ['atScope', 'assignedTo'],
    );
    const found = all.filter(
      (each) =>
        (isWithin(scope, each.scope) || (calls.atScope === undefined && isWithin(each.scope, scope))) &&
        (calls.assignedTo === undefined || same(each.principalId, calls.assignedTo)) &&
        test(each),
    );
    const { entries, next } = pageOf(found, query.get('$skiptoken'), options.pageSize());
    return {
      status: 200,
      body: {
        value: entries.map(shown),
        ...(next ? { nextLink: linkTo(origin, path, query, next) } : {}),
      },
    };
  }

  return {
    get all() {
      return all;
    },
    add,
    answer(request, { scope, names: [name] }) {
      if (!name) return list(request, scope);
      if (request.method === 'PUT') return create(scope, name, request.body);
      const found = byName(scope, name);
      if (request.method === 'DELETE') {
        all = all.filter((each) => each !== found);
        return found ? { status: 200, body: shown(found) } : { status: 204 };
      }
      if (!found) {
        throw armError(404, 'RoleAssignmentNotFound', `The role assignment '${name}' is not found.`);
      }
      return { status: 200, body: shown(found) };
    },
    clear: () => {
      all = [];
    },
  };
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const idOf = (scope: string, name: string) =>
  `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;

/** Whether the first scope is the second or lies below it. */
const isWithin = (scope: string, outer: string) =>
  same(scope, outer) || scope.toLowerCase().startsWith(`${outer.toLowerCase()}/`);

const lastPart = (id: string) => id.slice(id.lastIndexOf('/') + 1);

const sameGrant = (one: Omit<RoleAssignment, 'id' | 'principalType'>, other: typeof one) =>
  same(one.scope, other.scope) &&
  same(one.principalId, other.principalId) &&
  same(lastPart(one.roleDefinitionId), lastPart(other.roleDefinitionId));

const shown = ({ id, ...properties }: RoleAssignment) => ({
  id,
  name: lastPart(id),
  type: 'Microsoft.Authorization/roleAssignments',
  properties: { ...properties, scope: properties.scope || '/' },
});
