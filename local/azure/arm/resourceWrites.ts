import type { ApiAnswer, ApiRequest } from '../api.ts';
import { anotherOperation, armError, noResourceAt } from './armError.ts';
import type { ArmPath } from './armPath.ts';
import type { ResourceKeeping } from './keeping.ts';
import { type IdentityPlan, planIdentity } from './managedIdentity.ts';
import type { ResourceType, SpelledType } from './providers.ts';
import { type ArmResource, same } from './resource.ts';
import { resourceAsked, shownResource, USER_ASSIGNED_TYPE } from './writing.ts';

/** PUT and PATCH: https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations */
export function writeResource(
  keeping: ResourceKeeping,
  request: ApiRequest,
  method: 'PUT' | 'PATCH',
  at: ArmPath,
  type: SpelledType,
  current: ArmResource | undefined,
  version: string,
): ApiAnswer {
  const { resources } = keeping;
  if (method === 'PATCH' && !current) throw noResourceAt(at, type.type);
  requireIdle(keeping, at.path);
  requireParent(keeping, at, type);
  const asked = resourceAsked(method, at, type, current, request.body);
  const plan = plannedIdentity(keeping, request.body, method, current, asked, type.known);
  if (!type.known.longRunning || (method === 'PATCH' && type.known.patchedAtOnce)) {
    return { status: current ? 200 : 201, body: shownResource(keeping.keep(asked, plan)) };
  }
  const provisioningState = current ? 'Updating' : 'Creating';
  const meanwhile = current ?? asked;
  const pending = { ...meanwhile, properties: { ...meanwhile.properties, provisioningState } };
  resources.set(pending);
  const headers = startOperation(keeping, request, type, pending, version, {
    finish: () => shownResource(keeping.keep(asked, plan)),
    undo: () => resources.set(failedOf(meanwhile)),
  });
  if (method === 'PATCH') return { status: 202, headers };
  return { status: current ? 200 : 201, body: shownResource(pending), headers };
}

/** No identity in a PATCH leaves it as it is; in a PUT there is none then. */
function plannedIdentity(
  keeping: ResourceKeeping,
  body: unknown,
  method: 'PUT' | 'PATCH',
  current: ArmResource | undefined,
  { id: resourceId, type }: ArmResource,
  { identity: spelling }: ResourceType,
): IdentityPlan | undefined {
  const { identity } = Object(body);
  if (identity === undefined || identity === null) {
    return method === 'PUT' && spelling ? { system: false, user: [] } : undefined;
  }
  return planIdentity(current?.identity, identity, method, {
    resourceId,
    type,
    spelling,
    exists: (id) => same(keeping.resources.get(id)?.type, USER_ASSIGNED_TYPE),
  });
}

/** DELETE; 204 for what is not there. */
export function removeResource(
  keeping: ResourceKeeping,
  request: ApiRequest,
  type: SpelledType,
  current: ArmResource | undefined,
  version: string,
): ApiAnswer {
  if (!current) return { status: 204 };
  requireIdle(keeping, current.id);
  if (!type.known.longRunning) {
    keeping.remove(current.id);
    return { status: 200 };
  }
  keeping.resources.set({
    ...current,
    properties: { ...current.properties, provisioningState: 'Deleting' },
  });
  const headers = startOperation(keeping, request, type, current, version, {
    finish: () => {
      keeping.remove(current.id);
      return undefined;
    },
    undo: () => keeping.resources.set(failedOf(current)),
  });
  return { status: 202, headers };
}

function startOperation(
  { operations, subscriptionId }: ResourceKeeping,
  { origin }: ApiRequest,
  { type }: SpelledType,
  { id: resourceId, location }: ArmResource,
  apiVersion: string,
  work: { finish(): ArmResource | undefined; undo(): void },
): Record<string, string> {
  const namespace = type.slice(0, type.indexOf('/'));
  const base = `${origin}/subscriptions/${subscriptionId}/providers/${namespace}/locations/${location ?? 'global'}`;
  return operations.start({ base, apiVersion, resourceId, ...work });
}

function requireIdle({ operations }: ResourceKeeping, id: string): void {
  const running = operations.runningOn(id);
  if (running) throw anotherOperation(running);
}

function requireParent({ resources }: ResourceKeeping, at: ArmPath, { type }: SpelledType): void {
  const parent = at.path.split('/').slice(0, -2).join('/');
  // The steps between, such as a storage account's blobServices/default, are there by themselves.
  const root = at.names.length > 2 ? at.path.split('/').slice(0, -4).join('/') : parent;
  if (at.names.length < 2 || resources.get(parent) || resources.get(root)) return;
  throw armError(
    404,
    'ParentResourceNotFound',
    `Failed to perform 'write' on resource(s) of type '${type.slice(type.indexOf('/') + 1)}', because the parent resource '${parent}' could not be found.`,
  );
}

const failedOf = (resource: ArmResource): ArmResource => ({
  ...resource,
  properties: { ...resource.properties, provisioningState: 'Failed' },
});
