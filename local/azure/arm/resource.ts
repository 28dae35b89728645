/** `principalId` and `clientId` are Azure's to give. */
export type ArmIdentity = {
  type: string;
  principalId?: string;
  tenantId?: string;
  userAssignedIdentities?: Record<string, { principalId?: string; clientId?: string }>;
};

/** A resource as ARM answers it. */
export type ArmResource = {
  id: string;
  name: string;
  type: string;
  location?: string;
  kind?: string;
  sku?: Record<string, unknown>;
  tags?: Record<string, string>;
  identity?: ArmIdentity;
  properties: Record<string, unknown>;
};

/** The name is the id's last part, unless given. A principalId in the identity is kept as it is. */
export type ResourceSeed = {
  id: string;
  type: string;
  name?: string;
  location?: string;
  kind?: string;
  sku?: Record<string, unknown>;
  tags?: Record<string, string>;
  identity?: ArmIdentity;
  properties?: object;
};

/** Ids, types and locations are equal whatever their case. */
export const same = (one: string | undefined, other: string | undefined) =>
  one?.toLowerCase() === other?.toLowerCase();
