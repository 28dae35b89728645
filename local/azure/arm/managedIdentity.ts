import { armError, invalidContent } from './armError.ts';
import { type ArmIdentity, type ArmResource, same } from './resource.ts';

/** Which identities a resource is to have. */
export type IdentityPlan = { system: boolean; user: string[] };

export type IdentityRules = {
  /** The id of the resource that asks, for the words of an error. */
  resourceId: string;
  type: string;
  /** How the type spells both; undefined: it takes none. */
  spelling: string | undefined;
  /** Whether there is a user-assigned identity of this id. */
  exists(id: string): boolean;
};

/**
 * The identities that a request asks for, out of those there are. On PUT the map given is the map; on PATCH `{}` adds
 * one, `null` takes one away and the others stay; a type without UserAssigned takes all of them away. Throws ARM's 400.
 * https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-configure-managed-identities
 */
export function planIdentity(
  current: ArmIdentity | undefined,
  asked: unknown,
  method: 'PUT' | 'PATCH',
  rules: IdentityRules,
): IdentityPlan {
  const { type, userAssignedIdentities: map } = readAsked(asked);
  const kinds = type.split(',').map((kind) => kind.trim().toLowerCase());
  if (!kinds.every((kind) => KINDS.includes(kind)) || (kinds.includes('none') && kinds.length > 1)) {
    throw invalidContent(
      `Error converting value "${type}" to type 'ResourceIdentityType'. Path 'identity.type'`,
    );
  }
  if (kinds[0] === 'none') return { system: false, user: [] };
  if (!rules.spelling) {
    throw armError(
      400,
      'CannotSetResourceIdentity',
      `Resource type '${rules.type}' does not support creation of resource identity.`,
    );
  }
  const system = kinds.includes('systemassigned');
  if (!kinds.includes('userassigned')) {
    if (map)
      throw failed(
        rules,
        'The request format was unexpected, a non-UserAssigned identity type should not contain: userAssignedIdentities',
      );
    return { system, user: [] };
  }
  const user = method === 'PATCH' ? Object.keys(current?.userAssignedIdentities ?? {}) : [];
  for (const [id, value] of Object.entries(map ?? {})) {
    const at = user.findIndex((each) => same(each, id));
    if (value === null && at >= 0) user.splice(at, 1);
    if (value === null || at >= 0) continue;
    if (!rules.exists(id)) throw failed(rules, `Resource '${id}' was not found.`);
    user.push(id);
  }
  if (user.length === 0) {
    throw failed(
      rules,
      'The request format was unexpected, a UserAssigned identity type should contain: userAssignedIdentities',
    );
  }
  return { system, user };
}

export type Principals = {
  tenantId: string;
  /** Makes the service principal of a resource. */
  create(resource: ArmResource): string;
  remove(principalId: string): void;
  /** The ids of a user-assigned identity. */
  ofUserAssigned(id: string): { principalId?: string; clientId?: string };
};

/** Makes and removes service principals as planned, and answers the identity with its ids filled in. */
export function realiseIdentity(
  resource: ArmResource,
  plan: IdentityPlan,
  spelling: string,
  principals: Principals,
): ArmIdentity {
  const held = resource.identity?.principalId;
  if (held && !plan.system) principals.remove(held);
  const principalId = plan.system ? (held ?? principals.create(resource)) : undefined;
  const [system, user] = [plan.system, plan.user.length > 0];
  return {
    type: system && user ? spelling : system ? 'SystemAssigned' : user ? 'UserAssigned' : 'None',
    ...(principalId ? { principalId, tenantId: principals.tenantId } : {}),
    ...(user
      ? {
          userAssignedIdentities: Object.fromEntries(
            plan.user.map((id) => [id, principals.ofUserAssigned(id)]),
          ),
        }
      : {}),
  };
}

const KINDS = ['none', 'systemassigned', 'userassigned'];

function readAsked(asked: unknown): {
  type: string;
  userAssignedIdentities: Record<string, unknown> | undefined;
} {
  const { type, userAssignedIdentities: map } = Object(asked);
  if (typeof type !== 'string')
    throw invalidContent("Required property 'type' not found in JSON. Path 'identity'");
  if (map !== undefined && map !== null && (typeof map !== 'object' || Array.isArray(map))) {
    throw invalidContent("Path 'identity.userAssignedIdentities': an object is needed");
  }
  for (const id of Object.keys(map ?? {})) {
    if (!USER_ASSIGNED_ID.test(id)) {
      throw armError(
        400,
        'LinkedInvalidPropertyId',
        `Property id '${id}' at path 'identity.userAssignedIdentities' is invalid. Expect fully qualified resource Id that start with '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'.`,
      );
    }
  }
  return { type, userAssignedIdentities: map ?? undefined };
}

const USER_ASSIGNED_ID =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.managedidentity\/userassignedidentities\/[^/]+$/i;

/** As quoted in https://github.com/Azure/azure-cli/issues/31837 and https://github.com/Azure/azure-rest-api-specs/issues/17650 */
const failed = ({ resourceId }: IdentityRules, why: string) =>
  armError(
    400,
    'FailedIdentityOperation',
    `Identity operation for resource '${resourceId}' failed with error 'Failed to perform resource identity operation. Status: 'BadRequest'. Response: '${JSON.stringify({ error: { code: 'BadRequest', message: why } })}'.'.`,
  );
