import { randomUUID } from 'node:crypto';
import type { ApiAnswer, ApiRequest } from '../api.ts';
import { armError, invalidContent } from './armError.ts';
import type { ArmPath } from './armPath.ts';
import { BUILT_IN_ROLES } from './builtInRoles.ts';
import { readFilter } from './filter.ts';
import { same } from './resource.ts';

/** https://learn.microsoft.com/rest/api/authorization/role-definitions */
export type RoleDefinition = {
  id: string;
  name: string;
  type: 'Microsoft.Authorization/roleDefinitions';
  properties: {
    roleName: string;
    type: 'BuiltInRole' | 'CustomRole';
    description: string;
    assignableScopes: string[];
    permissions: {
      actions: string[];
      notActions: string[];
      dataActions: string[];
      notDataActions: string[];
    }[];
  };
};

/** `name` is the role's GUID; a new one unless given. */
export type RoleDefinitionSeed = {
  roleName: string;
  name?: string;
  description?: string;
  actions?: readonly string[];
  dataActions?: readonly string[];
  assignableScopes?: readonly string[];
};

export type RoleDefinitions = {
  add(seed: RoleDefinitionSeed): RoleDefinition;
  /** By the GUID at the end of an id. */
  find(id: string): RoleDefinition | undefined;
  answer(request: ApiRequest, at: ArmPath): ApiAnswer;
  clear(): void;
};

export function createRoleDefinitions(subscriptionId: string): RoleDefinitions {
  const prefix = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/`;
  const builtIn = BUILT_IN_ROLES.map(({ id, name, ...permission }) =>
    definition(prefix, id, 'BuiltInRole', ['/'], { roleName: name, ...permission }),
  );
  let custom: RoleDefinition[] = [];
  const find = (id: string) =>
    [...builtIn, ...custom].find(({ name }) => same(name, id.slice(id.lastIndexOf('/') + 1)));
  const add = ({ name = randomUUID(), assignableScopes, ...seed }: RoleDefinitionSeed) => {
    const scopes = [...(assignableScopes ?? [`/subscriptions/${subscriptionId}`])];
    const added = definition(prefix, name, 'CustomRole', scopes, seed);
    custom = [...custom.filter((each) => !same(each.name, name)), added];
    return added;
  };

  function write(name: string, body: unknown): ApiAnswer {
    const known = find(name);
    if (known?.properties.type === 'BuiltInRole') {
      throw armError(
        400,
        'RoleDefinitionCannotUpdateBuiltInRole',
        `The role '${name}' is built in and cannot be changed.`,
      );
    }
    const { roleName, permissions, ...more } = Object(Object(body).properties);
    if (typeof roleName !== 'string' || !Array.isArray(permissions)) {
      throw invalidContent('properties.roleName and properties.permissions are needed');
    }
    if ([...builtIn, ...custom].some((each) => each !== known && same(each.properties.roleName, roleName))) {
      throw armError(
        409,
        'RoleDefinitionWithSameNameExists',
        `A custom role with the same name already exists in this directory. Use a different name.`,
      );
    }
    return { status: 201, body: add({ ...more, ...Object(permissions[0]), name, roleName }) };
  }

  return {
    add,
    find,
    answer({ method, body, query }, at) {
      const [name] = at.names;
      if (!name) {
        const { test } = readFilter(query.get('$filter'), ['roleName', 'type'], ['atScopeAndBelow']);
        return {
          status: 200,
          body: { value: [...builtIn, ...custom].filter(({ properties }) => test(properties)) },
        };
      }
      if (method === 'PUT') return write(name, body);
      const found = find(name);
      if (method === 'DELETE') {
        custom = custom.filter((each) => each !== found);
        return found ? { status: 200, body: found } : { status: 204 };
      }
      if (!found) throw roleNotFound(name);
      return { status: 200, body: found };
    },
    clear: () => {
      custom = [];
    },
  };
}

export const roleNotFound = (name: string) =>
  armError(
    404,
    'RoleDefinitionDoesNotExist',
    `The specified role definition with ID '${name}' does not exist.`,
  );

type Permission = {
  roleName: string;
  description?: string;
  actions?: readonly string[];
  notActions?: readonly string[];
  dataActions?: readonly string[];
  notDataActions?: readonly string[];
};

function definition(
  prefix: string,
  name: string,
  type: RoleDefinition['properties']['type'],
  assignableScopes: string[],
  permission: Permission,
): RoleDefinition {
  return {
    id: prefix + name,
    name,
    type: 'Microsoft.Authorization/roleDefinitions',
    properties: {
      roleName: permission.roleName,
      type,
      description: permission.description ?? '',
      assignableScopes,
      permissions: [
        {
          actions: [...(permission.actions ?? [])],
          notActions: [...(permission.notActions ?? [])],
          dataActions: [...(permission.dataActions ?? [])],
          notDataActions: [...(permission.notDataActions ?? [])],
        },
      ],
    },
  };
}
