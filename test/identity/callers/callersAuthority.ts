import { createFaults, type Faults, injectFault } from '../../../local/faults.ts';
import type { IdentityEndpoint } from '../../../local/identity/contract.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';
import { SYSTEM_ASSIGNED } from '../../../local/identity/identities.ts';
import type { Claims } from '../../../local/identity/keySet.ts';
import { answerJson, listenOnLoopback } from '../../../local/loopback.ts';
import type { EntraCallers } from '../../../src/settings/callers.ts';

export const TENANT = 'b7d2a0c4-5e6f-4a18-8c3b-9f0e1d2c3b4a';
export const CLIENT_ID = '0f6c3f4e-7a1d-4b0e-9c55-2d8a6e1b7c90';
export const APP_ID_URI = `api://${CLIENT_ID}`;
export const PREDICT = 'Images.Predict';

/** The identity endpoint of the local machine behind a counter with faults: what the sign-in service is to the app. */
export type Authority = {
  endpoint: IdentityEndpoint;
  auth: EntraCallers;
  faults: Faults;
  /** Paths asked for, in order. */
  readonly asked: string[];
  /** Changes a document on its way; undefined lets it pass. */
  rewrite: ((path: string, document: Record<string, unknown>) => unknown) | undefined;
  /** Tokens of the system-assigned identity for this API with its role, some claims changed. */
  v1(claims?: Claims, options?: { forged?: boolean }): Promise<string>;
  v2(claims?: Claims, options?: { forged?: boolean }): Promise<string>;
  close(): Promise<void>;
};

export async function startAuthority(): Promise<Authority> {
  const endpoint = await startIdentityEndpoint({ tenantId: TENANT });
  const faults = createFaults();
  const asked: string[] = [];
  const server = await listenOnLoopback({
    handle: async (request, response) => {
      const path = request.url ?? '/';
      asked.push(path);
      if (await injectFault(faults, response, () => ({}))) return;
      const answer = await fetch(endpoint.authority + path);
      const text = (await answer.text()).replaceAll(endpoint.authority, server.origin);
      const document = JSON.parse(text) as Record<string, unknown>;
      answerJson(response, answer.status, authority.rewrite?.(path, document) ?? document);
    },
    fail: (_error, response) => answerJson(response, 500, {}),
  });
  const issue = (claims: Claims, forged = false) => endpoint.issue(claims, { resource: APP_ID_URI, forged });
  const authority: Authority = {
    endpoint,
    faults,
    asked,
    rewrite: undefined,
    auth: {
      kind: 'entra',
      tenantId: TENANT,
      audiences: [CLIENT_ID, APP_ID_URI],
      authority: server.origin,
      roles: { predict: PREDICT, read: 'Predictions.Read' },
    },
    v1: (claims = {}, { forged } = {}) => issue({ roles: [PREDICT], ...claims }, forged),
    v2: (claims = {}, { forged } = {}) => issue({ ...v2Claims(endpoint), ...claims }, forged),
    close: async () => {
      await server.close();
      await endpoint.close();
    },
  };
  return authority;
}

/** What a version 2 token has other than one of version 1. */
const v2Claims = (endpoint: IdentityEndpoint): Claims => ({
  roles: [PREDICT],
  ver: '2.0',
  iss: endpoint.issuerV2,
  aud: CLIENT_ID,
  azp: SYSTEM_ASSIGNED.clientId,
  azpacr: '2',
  appid: undefined,
  appidacr: undefined,
});
