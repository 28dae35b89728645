import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createFaults, injectFault } from '../faults.ts';
import { answerJson, listenOnLoopback } from '../loopback.ts';
import { createAppRoles, createAssignments, DEFAULT_ACCOUNT } from './assignments.ts';
import type { IdentityEndpoint, IdentityEndpointOptions, LoggedTokenRequest } from './contract.ts';
import {
  DEFAULT_IDENTITIES,
  type Identity,
  identityNamed,
  SYSTEM_ASSIGNED,
  USER_ASSIGNED,
} from './identities.ts';
import { createKeySet } from './keySet.ts';
import { issuersOf, keySetPaths, metadataDocuments } from './metadata.ts';
import { readTokenRequest } from './tokenRequest.ts';
import { accessTokenClaims } from './tokens.ts';

const DEFAULT_TENANT = 'e4a1c7d0-3b52-4f68-9d0e-1a6b7c8d9e0f';
/** About what Azure gives a managed identity; past half of it MSAL refreshes, below five minutes it keeps no token. */
const DEFAULT_LIFETIME_SECONDS = 86_400;
const DEFAULT_RESOURCE = 'https://cognitiveservices.azure.com';
const TOKEN_PATH = '/msi/token';

export async function startIdentityEndpoint(
  options: IdentityEndpointOptions = {},
): Promise<IdentityEndpoint> {
  const tenantId = options.tenantId ?? DEFAULT_TENANT;
  const identities = options.identities ?? DEFAULT_IDENTITIES;
  const lifetime = options.tokenLifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS;
  const issuers = issuersOf(tenantId);
  const keys = await createKeySet();
  const appRoles = createAppRoles();
  const assignments = createAssignments();
  const faults = createFaults();
  const appHeader = randomUUID();
  const callers = new Map([[appHeader, 'app']]);
  const requests: LoggedTokenRequest[] = [];

  const claimsFor = (identity: Identity, resource: string) =>
    accessTokenClaims({
      identity,
      resource,
      tenantId,
      issuer: issuers.v1,
      appRoles: appRoles.of(identity.objectId, resource),
      issuedAt: Math.floor(Date.now() / 1000),
      lifetimeSeconds: endpoint.tokenLifetimeSeconds,
    });

  async function answerToken(request: IncomingMessage, query: URLSearchParams, response: ServerResponse) {
    const outcome = readTokenRequest(request, query, callers, identities);
    const entry: LoggedTokenRequest = { ...outcome.request, at: Date.now(), status: 'pending' };
    requests.push(entry);
    const shown = await injectFault(faults, response, errorBody);
    if (shown) {
      entry.status = shown;
      return;
    }
    if ('status' in outcome) {
      entry.status = outcome.status;
      answerJson(response, outcome.status, errorBody(outcome.status, outcome.message));
      return;
    }
    const claims = claimsFor(outcome.identity, outcome.request.resource);
    const token = await keys.sign(claims);
    entry.status = 200;
    answerJson(response, 200, {
      access_token: token,
      client_id: outcome.identity.clientId,
      expires_on: String(claims.exp),
      not_before: String(claims.nbf),
      // MSAL caches by this answer's resource: any other spelling than the one asked for is never found again.
      resource: outcome.request.resource,
      token_type: 'Bearer',
    });
  }

  const server = await listenOnLoopback({
    ...(options.port === undefined ? {} : { port: options.port }),
    handle: async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', server.origin);
      request.resume();
      if (pathname === TOKEN_PATH) return answerToken(request, searchParams, response);
      const document = documents()[pathname];
      if (document && request.method === 'GET') answerJson(response, 200, document);
      else answerJson(response, 404, errorBody(404, `There is nothing at ${pathname}.`));
    },
    fail: (_error, response) => answerJson(response, 500, errorBody(500)),
  });
  const { v1: keySetPath, v2: keySetPathV2 } = keySetPaths(tenantId);
  const documents = (): Record<string, unknown> => ({
    [keySetPath]: keys.published,
    [keySetPathV2]: keys.published,
    ...metadataDocuments(server.origin, tenantId),
  });

  const grantDefaultRights = () => {
    for (const { objectId } of [SYSTEM_ASSIGNED, USER_ASSIGNED]) {
      assignments.grant(objectId, DEFAULT_ACCOUNT, 'Cognitive Services User');
    }
  };
  grantDefaultRights();

  const endpoint: IdentityEndpoint = {
    url: server.origin + TOKEN_PATH,
    environment: { IDENTITY_ENDPOINT: server.origin + TOKEN_PATH, IDENTITY_HEADER: appHeader },
    tenantId,
    issuer: issuers.v1,
    issuerV2: issuers.v2,
    authority: server.origin,
    keySetUrl: server.origin + keySetPath,
    get keySet() {
      return keys.published;
    },
    identities,
    assignments,
    faults,
    tokenLifetimeSeconds: lifetime,
    requests,
    count: (resource, caller) =>
      requests.filter(
        (entry) => (!resource || entry.resource === resource) && (!caller || entry.caller === caller),
      ).length,
    addCaller: (name) => {
      const header = randomUUID();
      callers.set(header, name);
      return header;
    },
    grant: (identity, resource, roles) =>
      appRoles.grant(identityNamed(identities, identity).objectId, resource, roles),
    revoke: (identity, resource, roles) =>
      appRoles.revoke(identityNamed(identities, identity).objectId, resource, roles),
    issue: async (claims = {}, { identity, resource = DEFAULT_RESOURCE, forged = false } = {}) => {
      const of = identityNamed(identities, identity ?? identities[0]?.name ?? '');
      const all = { ...claimsFor(of, resource), ...claims };
      return forged ? keys.forge(all) : keys.sign(all);
    },
    rotateKeys: keys.rotate,
    reset: () => {
      requests.length = 0;
      faults.clear();
      appRoles.clear();
      assignments.clear();
      grantDefaultRights();
      endpoint.tokenLifetimeSeconds = lifetime;
    },
    close: server.close,
  };
  return endpoint;
}

const errorBody = (statusCode: number, message = 'The identity endpoint failed.') => ({
  statusCode,
  message,
});
