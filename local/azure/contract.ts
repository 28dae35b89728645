import type { Certificate } from '../certificate.ts';
import type { Faults } from '../faults.ts';
import type { IdentityEndpoint } from '../identity/contract.ts';
import type { LoggedRequest } from './api.ts';
import type { ArmResource, ResourceSeed } from './arm/resource.ts';
import type { RoleAssignment, RoleAssignmentSeed } from './arm/roleAssignments.ts';
import type { RoleDefinition, RoleDefinitionSeed } from './arm/roleDefinitions.ts';
import type { AppRoleAssignment, ServicePrincipal, ServicePrincipalSeed } from './graph/directory.ts';

export type LocalAzureOptions = { identity: IdentityEndpoint; certificate: Certificate };

/** How operations that take time go: that is writes to Communication Services and to Event Grid's system topics. */
export type OperationSettings = {
  /** How often one is asked after and is not over yet; 2 unless told. */
  polls: number;
  /** What Retry-After says; 0.05 unless told, so that tests need not wait. */
  retryAfterSeconds: number;
};

/** Azure Resource Manager and Microsoft Graph v1.0 on this machine, both over HTTPS, with one tenant behind them. */
export type LocalAzure = {
  /** `https://127.0.0.1:<port>`; takes tokens for https://management.azure.com */
  armUrl: string;
  /** `https://127.0.0.1:<port>`, paths below /v1.0; takes tokens for https://graph.microsoft.com */
  graphUrl: string;
  /** For a command: both addresses, the authority to trust, and an `az` in PATH that signs the operator in. */
  environment: Record<string, string>;
  /** The user whose tokens `az` gives. */
  operator: { objectId: string; name: string };
  /** False: `az` says that nobody is signed in. */
  signedIn: boolean;
  subscriptionId: string;
  tenantId: string;
  /** Holds a resource as ARM would: its group comes into being too, and so do the principals of its identity. */
  put(seed: ResourceSeed): ArmResource;
  get(id: string): ArmResource | undefined;
  /** The app's code has arrived: the functions are listed and the host has made `blobs_extension`. */
  deployCode(siteId: string, functions: readonly string[]): void;
  readonly roleAssignments: readonly RoleAssignment[];
  addRoleAssignment(seed: RoleAssignmentSeed): RoleAssignment;
  addRoleDefinition(seed: RoleDefinitionSeed): RoleDefinition;
  servicePrincipals: {
    add(seed: ServicePrincipalSeed): ServicePrincipal;
    list(): readonly ServicePrincipal[];
    /** Takes its app role assignments along. */
    remove(id: string): void;
  };
  readonly appRoleAssignments: readonly AppRoleAssignment[];
  addAppRoleAssignment(seed: Pick<AppRoleAssignment, 'principalId' | 'resourceId' | 'appRoleId'>): void;
  /** Of both servers. */
  faults: Faults;
  operations: OperationSettings;
  /** The next operation that takes time ends Failed, and what it was to change stays. */
  failNextOperation(code: string, message: string): void;
  /** For so many role assignments a principal made from now on is unknown yet; 0 unless told. */
  replicationDelay: number;
  /** Entries of one page, in both servers; 100 unless told. */
  pageSize: number;
  /** ARM answers 403 to an action such as `Microsoft.Web/sites/write`; 'graph' and 'graph/write' are Graph's. */
  deny(action: string): void;
  /** ARM answers 409 ScopeLocked to deletes at and below a scope, and to writes too when it is ReadOnly. */
  lock(scope: string, level: 'CanNotDelete' | 'ReadOnly'): void;
  readonly requests: readonly LoggedRequest[];
  /** Everything as it was at the start. */
  reset(): void;
  close(): Promise<void>;
};
