import { randomUUID } from 'node:crypto';
import type { Identity } from './identities.ts';
import type { Claims } from './keySet.ts';

export type TokenOrder = {
  identity: Identity;
  /** As asked, to the letter: it becomes the audience. */
  resource: string;
  tenantId: string;
  issuer: string;
  appRoles: readonly string[];
  issuedAt: number;
  lifetimeSeconds: number;
};

/** The claims Entra puts into a v1 access token of a managed identity:
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 * Times are unix seconds. `roles` is there only when an app role was granted. */
export function accessTokenClaims(order: TokenOrder): Claims {
  const { identity, tenantId, issuer, issuedAt } = order;
  return {
    aud: order.resource,
    iss: issuer,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + order.lifetimeSeconds,
    appid: identity.clientId,
    appidacr: '2',
    idp: issuer,
    idtyp: 'app',
    oid: identity.objectId,
    ...(order.appRoles.length > 0 ? { roles: [...order.appRoles] } : {}),
    sub: identity.objectId,
    tid: tenantId,
    uti: randomUUID(),
    ver: '1.0',
    xms_mirid: identity.resourceId,
  };
}
