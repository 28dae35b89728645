import type { JSONWebKeySet } from 'jose';
import type { Faults } from '../faults.ts';
import type { Assignments } from './assignments.ts';
import type { Identity } from './identities.ts';
import type { Claims } from './keySet.ts';
import type { TokenRequest } from './tokenRequest.ts';

export type IdentityEndpointOptions = {
  tenantId?: string;
  identities?: readonly Identity[];
  tokenLifetimeSeconds?: number;
  port?: number;
};

/** One token request; the status is a fault's name when one was shown, and 'pending' before there is any answer. */
export type LoggedTokenRequest = TokenRequest & { at: number; status: number | string };

/** The managed identity endpoint of App Service (2019-08-01) on this machine, with a tenant's key set and metadata. */
export type IdentityEndpoint = {
  /** Ends in `/msi/token`. */
  url: string;
  /** What an app needs in its environment. */
  environment: { IDENTITY_ENDPOINT: string; IDENTITY_HEADER: string };
  tenantId: string;
  /** Of v1 tokens, which are what is issued. */
  issuer: string;
  issuerV2: string;
  /** Stands for https://login.microsoftonline.com: metadata is below it. */
  authority: string;
  keySetUrl: string;
  readonly keySet: JSONWebKeySet;
  identities: readonly Identity[];
  /** Azure roles, which services look up; `grant` below is for app roles. */
  assignments: Assignments;
  faults: Faults;
  /** Of the tokens issued from now on. */
  tokenLifetimeSeconds: number;
  /** Never holds a token. */
  readonly requests: readonly LoggedTokenRequest[];
  count(resource?: string, caller?: string): number;
  /** A header value of its own, to tell apart who asks. The app itself is the caller 'app'. */
  addCaller(name: string): string;
  /** App roles of an API for an identity, by its name: claims of the tokens issued from now on. */
  grant(identity: string, resource: string, roles: readonly string[]): void;
  revoke(identity: string, resource: string, roles?: readonly string[]): void;
  /** A token for a test: claims of the identity with some overridden, or left out where undefined. */
  issue(
    claims?: Claims,
    options?: { identity?: string; resource?: string; forged?: boolean },
  ): Promise<string>;
  rotateKeys(options?: { retireOld?: boolean }): Promise<void>;
  /** Log, faults, lifetime, roles and assignments as they were at the start; keys and callers stay. */
  reset(): void;
  close(): Promise<void>;
};
