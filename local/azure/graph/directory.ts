import { createHash, randomUUID } from 'node:crypto';

/** https://learn.microsoft.com/graph/api/resources/approle */
export type AppRole = {
  id: string;
  value: string;
  displayName: string;
  description: string;
  isEnabled: boolean;
  allowedMemberTypes: string[];
  origin: string;
};

/** https://learn.microsoft.com/graph/api/resources/serviceprincipal */
export type ServicePrincipal = {
  id: string;
  appId: string;
  displayName: string;
  servicePrincipalType: 'Application' | 'ManagedIdentity';
  servicePrincipalNames: string[];
  alternativeNames: string[];
  appRoles: AppRole[];
  accountEnabled: boolean;
  appRoleAssignmentRequired: boolean;
};

/** New ids unless given; an app role needs an id and a value, and is for applications unless told. */
export type ServicePrincipalSeed = Partial<Omit<ServicePrincipal, 'appRoles'>> & {
  displayName: string;
  appRoles?: readonly (Partial<AppRole> & { id: string; value: string })[];
};

/** https://learn.microsoft.com/graph/api/resources/approleassignment */
export type AppRoleAssignment = {
  id: string;
  appRoleId: string;
  createdDateTime: string;
  principalDisplayName: string;
  principalId: string;
  principalType: 'ServicePrincipal';
  resourceDisplayName: string;
  resourceId: string;
};

/** The tenant's service principals and what app roles they were granted. */
export type Directory = {
  add(seed: ServicePrincipalSeed): ServicePrincipal;
  get(id: string): ServicePrincipal | undefined;
  all(): ServicePrincipal[];
  /** Takes its app role assignments along, on both sides. */
  remove(id: string): void;
  readonly assignments: readonly AppRoleAssignment[];
  /** Throws when one of the two service principals is not there. */
  assign(grant: Pick<AppRoleAssignment, 'principalId' | 'resourceId' | 'appRoleId'>): AppRoleAssignment;
  unassign(id: string): void;
  clear(): void;
};

/** `added` is told of every service principal that comes into being. */
export function createDirectory(added: (id: string) => void): Directory {
  const principals = new Map<string, ServicePrincipal>();
  let assignments: AppRoleAssignment[] = [];
  const get = (id: string) => principals.get(id.toLowerCase());
  return {
    add(seed) {
      const principal = principalOfSeed(seed);
      principals.set(principal.id.toLowerCase(), principal);
      added(principal.id);
      return principal;
    },
    get,
    all: () => [...principals.values()],
    remove(id) {
      principals.delete(id.toLowerCase());
      assignments = assignments.filter((each) => each.principalId !== id && each.resourceId !== id);
    },
    get assignments() {
      return assignments;
    },
    assign({ principalId, resourceId, appRoleId }) {
      const [principal, resource] = [get(principalId), get(resourceId)];
      if (!principal || !resource) {
        throw new Error(`There is no service principal '${principal ? resourceId : principalId}' here.`);
      }
      const assignment: AppRoleAssignment = {
        id: assignmentId(principal.id, resource.id, appRoleId),
        appRoleId,
        createdDateTime: new Date().toISOString(),
        principalDisplayName: principal.displayName,
        principalId: principal.id,
        principalType: 'ServicePrincipal',
        resourceDisplayName: resource.displayName,
        resourceId: resource.id,
      };
      assignments.push(assignment);
      return assignment;
    },
    unassign(id) {
      assignments = assignments.filter((each) => each.id !== id);
    },
    clear() {
      principals.clear();
      assignments = [];
    },
  };
}

function principalOfSeed(seed: ServicePrincipalSeed): ServicePrincipal {
  const appId = seed.appId ?? randomUUID();
  return {
    id: randomUUID(),
    servicePrincipalType: 'Application',
    servicePrincipalNames: [appId],
    alternativeNames: [],
    accountEnabled: true,
    appRoleAssignmentRequired: false,
    ...seed,
    appId,
    appRoles: (seed.appRoles ?? []).map((role) => ({
      displayName: role.value,
      description: role.value,
      isEnabled: true,
      allowedMemberTypes: ['Application'],
      origin: 'Application',
      ...role,
    })),
  };
}

/** Opaque and free of slashes, as Graph's are. */
const assignmentId = (...parts: string[]) =>
  createHash('sha256').update(parts.join(' ').toLowerCase()).digest('base64url');

/** New principals reach the servers that check them some requests later. */
export type Replication = {
  /** For this many checks the principal is not there yet. */
  begin(id: string, checks: number): void;
  /** One check: whether it still is not there. */
  lags(id: string): boolean;
  clear(): void;
};

export function createReplication(): Replication {
  const left = new Map<string, number>();
  return {
    begin: (id, checks) => void left.set(id.toLowerCase(), checks),
    lags: (id) => {
      const checks = left.get(id.toLowerCase()) ?? 0;
      left.set(id.toLowerCase(), Math.max(0, checks - 1));
      return checks > 0;
    },
    clear: () => left.clear(),
  };
}
