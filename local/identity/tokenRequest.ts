import type { IncomingMessage } from 'node:http';
import type { Identity } from './identities.ts';

export const API_VERSION = '2019-08-01';

export type TokenRequest = { resource: string; selector: string; caller: string };
export type TokenRequestOutcome =
  | { request: TokenRequest; identity: Identity }
  | { request: TokenRequest; status: number; message: string };

/** Checks a token request as App Service does:
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 * `callers` maps the value of X-IDENTITY-HEADER to whom it was given. */
export function readTokenRequest(
  http: Pick<IncomingMessage, 'method' | 'headers'>,
  query: URLSearchParams,
  callers: ReadonlyMap<string, string>,
  identities: readonly Identity[],
): TokenRequestOutcome {
  const selector = readSelector(query);
  const resource = query.get('resource') ?? '';
  const caller = callers.get(String(http.headers['x-identity-header'] ?? ''));
  const request = { resource, selector: selector.text, caller: caller ?? 'unknown' };
  const refuse = (status: number, message: string) => ({ request, status, message });

  if (http.method !== 'GET') return refuse(405, 'A token is asked for with GET.');
  if (!caller)
    return refuse(401, 'The header X-IDENTITY-HEADER is missing or is not the value of IDENTITY_HEADER.');
  const version = query.get('api-version');
  if (version !== API_VERSION) {
    return refuse(400, `The api-version must be ${API_VERSION}, but is '${version ?? ''}'.`);
  }
  if (!resource) return refuse(400, 'The query parameter resource is missing.');
  if (selector.tooMany) {
    return refuse(400, 'At most one of client_id, principal_id, object_id and mi_res_id may be given.');
  }
  const identity = selector.choose(identities);
  if (!identity) {
    return refuse(
      400,
      'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
    );
  }
  return { request, identity };
}

/** `object_id` is another name of `principal_id`:
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference */
const MEMBER: Record<string, keyof Identity> = {
  client_id: 'clientId',
  principal_id: 'objectId',
  object_id: 'objectId',
  mi_res_id: 'resourceId',
};

/** How a token request says which identity it means. */
type Selector = {
  text: string;
  tooMany: boolean;
  choose(from: readonly Identity[]): Identity | undefined;
};

/** No selector means the system-assigned identity, even when the app has only a user-assigned one. */
function readSelector(query: URLSearchParams): Selector {
  const given = Object.entries(MEMBER).flatMap(([parameter, member]) =>
    query.getAll(parameter).map((value) => ({ parameter, member, value })),
  );
  const [only] = given;
  return {
    text: given.map(({ parameter, value }) => `${parameter}=${value}`).join('&') || 'system-assigned',
    tooMany: given.length > 1,
    choose: (identities) =>
      only
        ? // Resource ids, like GUIDs, are equal whatever their case.
          identities.find((identity) => identity[only.member].toLowerCase() === only.value.toLowerCase())
        : identities.find((identity) => identity.type === 'system'),
  };
}
