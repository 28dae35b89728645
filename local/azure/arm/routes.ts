import type { ApiAnswer, ApiRequest } from '../api.ts';
import type { Access } from './access.ts';
import { armError, groupNotFound } from './armError.ts';
import { type ArmPath, actionOf, readArmPath } from './armPath.ts';
import { answerGroups } from './groups.ts';
import type { ResourceKeeping } from './keeping.ts';
import type { Operations } from './operations.ts';
import { describeNamespace, namespaceNamed, namespaces, typeNamed } from './providers.ts';
import { answerResource } from './resourceRoutes.ts';
import type { RoleAssignments } from './roleAssignments.ts';
import type { RoleDefinitions } from './roleDefinitions.ts';
import type { Sites } from './sites.ts';

export type Arm = ResourceKeeping & {
  access: Access;
  operations: Operations;
  roleAssignments: RoleAssignments;
  roleDefinitions: RoleDefinitions;
  sites: Sites;
};

/** Answers one request as ARM; throws an ApiError for what it refuses. */
export function answerArm(arm: Arm, request: ApiRequest): ApiAnswer {
  const at = readArmPath(request.path);
  const version = requireVersion(request);
  if (at.subscriptionId) requireSubscription(arm, at.subscriptionId);
  const operation = operationOf(at);
  if (operation) return arm.operations[operation.look](operation.id);
  const action = actionOf(request.method, at);
  arm.access.admit(request.caller, action, scopeOf(at));
  arm.access.admitLinked(request.caller, action, at.path, identitiesAdded(request.body));
  if (!at.namespace || at.types.length === 0) return answerGroups(arm, request, at) ?? providers(arm, at);
  const namespace = requireNamespace(at.namespace);
  const type = requireType(namespace, at, request.method, version);
  if (at.resourceGroup && !arm.resources.group(at.resourceGroup)) throw groupNotFound(at.resourceGroup);
  if (type.type === 'Microsoft.Authorization/roleAssignments') return arm.roleAssignments.answer(request, at);
  if (type.type === 'Microsoft.Authorization/roleDefinitions') return arm.roleDefinitions.answer(request, at);
  return arm.sites.answer(request, at) ?? answerResource(arm, request, at, type, version);
}

/** Of a list or an action: what it stands on. */
function scopeOf(at: ArmPath): string {
  if (at.types.length === at.names.length) return at.path;
  return at.names.length > 0 ? at.path.slice(0, at.path.lastIndexOf('/')) : at.scope;
}

function identitiesAdded(body: unknown): string[] {
  const { userAssignedIdentities: map } = Object(Object(body).identity);
  return Object.entries(Object(map)).flatMap(([id, value]) => (value === null ? [] : [id]));
}

function requireVersion({ query }: ApiRequest): string {
  const version = query.get('api-version');
  if (!version) {
    throw armError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  if (!/^\d{4}-\d{2}-\d{2}(-[a-z]+)?$/i.test(version)) {
    throw armError(400, 'InvalidApiVersionParameter', `The api-version '${version}' is invalid.`);
  }
  return version;
}

function requireSubscription({ subscriptionId }: Arm, asked: string): void {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(asked)) {
    throw armError(
      400,
      'InvalidSubscriptionId',
      `The provided subscription identifier '${asked}' is malformed or invalid.`,
    );
  }
  if (asked.toLowerCase() !== subscriptionId) {
    throw armError(404, 'SubscriptionNotFound', `The subscription '${asked}' could not be found.`);
  }
}

function requireNamespace(asked: string): string {
  const namespace = namespaceNamed(asked);
  if (namespace) return namespace;
  throw armError(404, 'InvalidResourceNamespace', `The resource namespace '${asked}' is invalid.`);
}

function requireType(namespace: string, at: ArmPath, method: string, version: string) {
  // A POST ends in the action's name, which is no type.
  const types = method === 'POST' && at.types.length > at.names.length ? at.types.slice(0, -1) : at.types;
  const found = typeNamed(namespace, types);
  if (!found) {
    throw armError(
      404,
      'InvalidResourceType',
      `The resource type '${types.join('/')}' could not be found in the namespace '${namespace}' for api version '${version}'.`,
    );
  }
  const [name, known] = found;
  if (!known.versions.includes(version)) {
    throw armError(
      400,
      'NoRegisteredProviderFound',
      `No registered resource provider found for location 'westeurope' and API version '${version}' for type '${name}'. The supported api-versions are '${known.versions.join(', ')}'. The supported locations are 'westeurope, northeurope, eastus'.`,
    );
  }
  return { type: `${namespace}/${name}`, known };
}

/** The status or the result of an operation that takes time. */
function operationOf({ types, names }: ArmPath) {
  const [first, second] = types;
  const id = names[1];
  if (first !== 'locations' || !id) return undefined;
  if (second === 'operationStatuses') return { look: 'status' as const, id };
  return second === 'operationResults' ? { look: 'result' as const, id } : undefined;
}

function providers({ subscriptionId }: Arm, at: ArmPath): ApiAnswer {
  if (at.namespace) {
    return { status: 200, body: describeNamespace(subscriptionId, requireNamespace(at.namespace)) };
  }
  if (/\/providers$/i.test(at.path)) {
    const value = namespaces().map((name) => describeNamespace(subscriptionId, name));
    return { status: 200, body: { value } };
  }
  throw armError(404, 'NotFound', `There is nothing at '${at.path}'.`);
}
