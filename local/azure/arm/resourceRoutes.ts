import type { ApiAnswer, ApiRequest } from '../api.ts';
import { armError, noResourceAt, resourceNotFound } from './armError.ts';
import type { ArmPath } from './armPath.ts';
import { inGroupOrAll, isOfType, paged } from './groups.ts';
import type { ResourceKeeping } from './keeping.ts';
import type { SpelledType } from './providers.ts';
import { same } from './resource.ts';
import { removeResource, writeResource } from './resourceWrites.ts';
import { shownResource } from './writing.ts';

/** GET, HEAD, PUT, PATCH and DELETE of any resource, and the lists of a type. */
export function answerResource(
  keeping: ResourceKeeping,
  request: ApiRequest,
  at: ArmPath,
  type: SpelledType,
  version: string,
): ApiAnswer {
  const { resources, operations } = keeping;
  if (at.types.length > at.names.length) return answerCollection(keeping, request, at, type);
  operations.look(at.path);
  const current = resources.get(at.path);
  switch (request.method) {
    case 'PUT':
    case 'PATCH':
      return writeResource(keeping, request, request.method, at, type, current, version);
    case 'DELETE':
      return removeResource(keeping, request, type, current, version);
    case 'HEAD':
      return { status: current ? 204 : 404 };
    case 'GET':
      if (!current) throw noResourceAt(at, type.type);
      return { status: 200, body: shownResource(current) };
    default:
      throw armError(405, 'MethodNotAllowed', `The HTTP method '${request.method}' is not supported here.`);
  }
}

function answerCollection(
  keeping: ResourceKeeping,
  request: ApiRequest,
  at: ArmPath,
  { type }: SpelledType,
): ApiAnswer {
  if (request.method === 'POST') return act(keeping, at);
  if (request.method !== 'GET') {
    throw armError(405, 'MethodNotAllowed', `The HTTP method '${request.method}' is not supported here.`);
  }
  const parent = at.path.slice(0, at.path.lastIndexOf('/'));
  if (at.names.length > 0 && !keeping.resources.get(parent)) throw notFoundAt(parent);
  const below = at.names.length > 0 ? `${parent.toLowerCase()}/` : '';
  const found = inGroupOrAll(keeping, at.resourceGroup)
    .filter(isOfType(type))
    .filter(({ id }) => id.toLowerCase().startsWith(below));
  return paged(keeping, request, found.map(shownResource));
}

/** The one action that resources here have in common with Azure's: a subscription's whole webhook url. */
function act({ resources }: ResourceKeeping, at: ArmPath): ApiAnswer {
  const resource = resources.get(at.path.slice(0, at.path.lastIndexOf('/')));
  const destination = Object(resource?.properties.destination);
  const { endpointUrl } = Object(destination.properties);
  if (same(at.types.at(-1), 'getFullUrl') && typeof endpointUrl === 'string') {
    return { status: 200, body: { endpointUrl } };
  }
  throw armError(404, 'NotFound', `There is no action '${at.types.at(-1)}' at '${at.path}'.`);
}

const notFoundAt = (id: string) => {
  const [group = ''] = /(?<=\/resourceGroups\/)[^/]+/i.exec(id) ?? [];
  const [, typeAndName = ''] = /.*\/providers\/(.*)/i.exec(id) ?? [];
  const [namespace, type, name = ''] = typeAndName.split('/');
  return resourceNotFound(`${namespace}/${type}`, name, group);
};
