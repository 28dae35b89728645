import type { ApiAnswer, ApiRequest } from '../api.ts';
import type { Directory, ServicePrincipal } from './directory.ts';
import { badRequest, graphError, notFound } from './graphError.ts';
import { answerList, chosen } from './list.ts';

export type MicrosoftGraph = {
  directory: Directory;
  pageSize(): number;
  /** Whether 'graph' or 'graph/write' is refused. */
  denied(action: string): boolean;
};

/** The id that stands for a service principal without app roles. */
const DEFAULT_ACCESS = '00000000-0000-0000-0000-000000000000';

/** Answers one request as Microsoft Graph v1.0; throws an ApiError for what it refuses. */
export function answerGraph(graph: MicrosoftGraph, request: ApiRequest): ApiAnswer {
  const { method, path } = request;
  if (graph.denied('graph') || (method !== 'GET' && graph.denied('graph/write'))) {
    throw graphError(
      403,
      'Authorization_RequestDenied',
      'Insufficient privileges to complete the operation.',
    );
  }
  const [, collection = '', selector, relation, assignmentId] =
    /^\/v1\.0\/(servicePrincipals)(\/[^/]+|\(appId='[^']*'\))?(?:\/(appRoleAssignments|appRoleAssignedTo)(?:\/([^/]+))?)?$/i.exec(
      path,
    ) ?? [];
  if (!collection) {
    const segment = path.split('/')[2] ?? path;
    throw graphError(400, 'BadRequest', `Resource not found for the segment '${segment}'.`);
  }
  if (!selector) {
    allow(method, ['GET']);
    return answerList(request, 'servicePrincipals', graph.directory.all(), graph.pageSize());
  }
  const principal = principalOf(graph.directory, selector);
  if (relation) return answerAssignments(graph, request, principal, relation.toLowerCase(), assignmentId);
  allow(method, ['GET']);
  const context = { '@odata.context': `${request.origin}/v1.0/$metadata#servicePrincipals/$entity` };
  return { status: 200, body: { ...context, ...chosen(principal, request.query.get('$select')) } };
}

function answerAssignments(
  { directory, pageSize }: MicrosoftGraph,
  request: ApiRequest,
  principal: ServicePrincipal,
  relation: string,
  id: string | undefined,
): ApiAnswer {
  const side = relation === 'approleassignments' ? 'principalId' : 'resourceId';
  const own = directory.assignments.filter((each) => each[side] === principal.id);
  if (!id) {
    allow(request.method, ['GET', 'POST']);
    if (request.method === 'POST') return assign(directory, request, principal, side);
    return answerList(request, 'appRoleAssignments', own, pageSize());
  }
  allow(request.method, ['GET', 'DELETE']);
  const found = own.find((each) => each.id === id);
  if (!found) throw notFound(id);
  if (request.method === 'GET') return { status: 200, body: found };
  directory.unassign(id);
  return { status: 204 };
}

/** https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignments */
function assign(
  directory: Directory,
  { body, origin }: ApiRequest,
  at: ServicePrincipal,
  side: 'principalId' | 'resourceId',
): ApiAnswer {
  const { principalId, resourceId, appRoleId } = Object(body);
  for (const [name, value] of Object.entries({ principalId, resourceId, appRoleId })) {
    if (typeof value !== 'string') throw badRequest(`The property '${name}' is required.`);
  }
  if ((side === 'principalId' ? principalId : resourceId) !== at.id)
    throw badRequest('Not a valid reference update.');
  if (!directory.get(principalId)) throw notFound(principalId);
  const resource = directory.get(resourceId);
  if (!resource) throw notFound(resourceId);
  const offered = resource.appRoles.some(
    (role) => role.id === appRoleId && role.isEnabled && role.allowedMemberTypes.includes('Application'),
  );
  if (!offered && !(appRoleId === DEFAULT_ACCESS && resource.appRoles.length === 0)) {
    throw badRequest(`Permission being assigned was not found on application '${resource.appId}'.`);
  }
  const held = directory.assignments.some(
    (each) =>
      each.principalId === principalId && each.resourceId === resourceId && each.appRoleId === appRoleId,
  );
  if (held) throw badRequest('Permission being assigned already exists on the object');
  const created = directory.assign({ principalId, resourceId, appRoleId });
  return {
    status: 201,
    body: { '@odata.context': `${origin}/v1.0/$metadata#appRoleAssignments/$entity`, ...created },
  };
}

function principalOf(directory: Directory, selector: string): ServicePrincipal {
  const [, appId] = /^\(appId='([^']*)'\)$/i.exec(selector) ?? [];
  if (appId !== undefined) {
    const found = directory.all().find((each) => each.appId === appId);
    if (!found) throw notFound(appId);
    return found;
  }
  const id = selector.slice(1);
  const found = directory.get(id);
  if (!found) throw notFound(id);
  return found;
}

function allow(method: string, methods: readonly string[]): void {
  if (methods.includes(method)) return;
  throw graphError(405, 'Request_BadRequest', `Specified HTTP method is not allowed for the request target.`);
}
