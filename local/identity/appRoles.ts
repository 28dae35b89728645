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
