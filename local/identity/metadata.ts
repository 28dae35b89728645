/** Who issues tokens in a tenant, as v1 and v2 tokens name it; v1 ends in a slash, v2 does not:
 * https://learn.microsoft.com/entra/identity-platform/access-tokens#token-formats */
export function issuersOf(tenantId: string) {
  return {
    v1: `https://sts.windows.net/${tenantId}/`,
    v2: `https://login.microsoftonline.com/${tenantId}/v2.0`,
  };
}

export const keySetPaths = (tenantId: string) => ({
  v1: `/${tenantId}/discovery/keys`,
  v2: `/${tenantId}/discovery/v2.0/keys`,
});

/** The OpenID metadata documents of a tenant by path, with the keys on this machine instead of Entra's. */
export function metadataDocuments(origin: string, tenantId: string): Record<string, unknown> {
  const issuers = issuersOf(tenantId);
  const keys = keySetPaths(tenantId);
  const common = {
    response_types_supported: ['token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
  return {
    [`/${tenantId}/.well-known/openid-configuration`]: {
      issuer: issuers.v1,
      jwks_uri: origin + keys.v1,
      ...common,
    },
    [`/${tenantId}/v2.0/.well-known/openid-configuration`]: {
      issuer: issuers.v2,
      jwks_uri: origin + keys.v2,
      ...common,
    },
  };
}
