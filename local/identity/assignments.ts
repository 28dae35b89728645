/** Azure roles that somebody may try on a Custom Vision account, a topic or Communication Services; only some of them allow prediction:
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/ai-machine-learning */
export type AzureRole =
  | 'Cognitive Services User'
  | 'Cognitive Services Contributor'
  | 'Cognitive Services Data Reader'
  | 'Cognitive Services Custom Vision Contributor'
  | 'Cognitive Services Custom Vision Deployment'
  | 'Cognitive Services Custom Vision Trainer'
  | 'Cognitive Services Custom Vision Labeler'
  | 'Cognitive Services Custom Vision Reader'
  | 'EventGrid Data Sender'
  | 'Communication and Email Service Owner';

/** The name of the local prediction account, when nobody names another. */
export const DEFAULT_ACCOUNT = 'keyless-vision-prediction';
/** Of the local topic and Communication Services, which are told of documents. */
export const TOPIC_ACCOUNT = 'keyless-vision-topic';
export const MAIL_ACCOUNT = 'keyless-vision-mail';

/**
 * Azure role assignments. They are in no token: the called service looks them up, so a grant works at once here
 * (in Azure after some minutes), also with a token issued before.
 */
export type Assignments = {
  grant(objectId: string, accountName: string, role: AzureRole): void;
  /** Without a role: all of them. */
  revoke(objectId: string, accountName: string, role?: AzureRole): void;
  has(objectId: string, accountName: string, role: AzureRole): boolean;
  clear(): void;
};

export function createAssignments(): Assignments {
  const table = new Map<string, Set<AzureRole>>();
  const key = (objectId: string, accountName: string) => `${objectId} ${accountName}`.toLowerCase();
  return {
    grant: (objectId, accountName, role) => {
      const held = table.get(key(objectId, accountName)) ?? new Set();
      table.set(key(objectId, accountName), held.add(role));
    },
    revoke: (objectId, accountName, role) => {
      if (role) table.get(key(objectId, accountName))?.delete(role);
      else table.delete(key(objectId, accountName));
    },
    has: (objectId, accountName, role) => table.get(key(objectId, accountName))?.has(role) ?? false,
    clear: () => table.clear(),
  };
}

/** App roles of protected APIs, by identity and API. Unlike Azure roles they travel in the token. */
export type AppRoles = {
  grant(objectId: string, resource: string, roles: readonly string[]): void;
  /** Without roles: all of them. */
  revoke(objectId: string, resource: string, roles?: readonly string[]): void;
  of(objectId: string, resource: string): string[];
  clear(): void;
};

export function createAppRoles(): AppRoles {
  const table = new Map<string, Set<string>>();
  // A resource may be asked with or without its trailing slash; it is the same API.
  const key = (objectId: string, resource: string) => `${objectId} ${resource.replace(/\/$/, '')}`;
  return {
    grant: (objectId, resource, roles) => {
      const held = table.get(key(objectId, resource)) ?? new Set();
      for (const role of roles) held.add(role);
      table.set(key(objectId, resource), held);
    },
    revoke: (objectId, resource, roles) => {
      const held = table.get(key(objectId, resource));
      for (const role of roles ?? [...(held ?? [])]) held?.delete(role);
    },
    of: (objectId, resource) => [...(table.get(key(objectId, resource)) ?? [])],
    clear: () => table.clear(),
  };
}
