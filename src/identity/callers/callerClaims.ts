import type { JWTPayload } from 'jose';
import { KeylessError } from '../../errors/errors.ts';
import { quoted } from '../../errors/forLog.ts';
import type { TokenVersion } from './bearerToken.ts';

/** A managed identity, or another application, that called. */
export type Caller = {
  /** Of its service principal; what roles are granted to. */
  objectId: string;
  /** Its client id. */
  appId: string;
  tenantId: string;
  roles: readonly string[];
  version: TokenVersion;
};

export type ExpectedClaims = {
  version: TokenVersion;
  /** As the metadata of that version names it. */
  issuer: string;
  tenantId: string;
  audiences: readonly string[];
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/**
 * Whom a verified token speaks for: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 * Throws TokenIssuerWrong, TokenAudienceWrong, TokenDelegated or TokenMalformed.
 */
export function readCaller(claims: JWTPayload, expected: ExpectedClaims): Caller {
  const { version, issuer, tenantId, audiences } = expected;
  if (claims.iss !== issuer) {
    throw new KeylessError(
      'TokenIssuerWrong',
      `Expected the issuer "${issuer}" in a token of version ${version}, got ${quoted(claims.iss)}.`,
    );
  }
  if (claims.tid !== tenantId) {
    throw new KeylessError(
      'TokenIssuerWrong',
      `Expected the tenant (tid) ${tenantId}, got ${quoted(claims.tid)}.`,
    );
  }
  checkAudience(claims.aud, audiences);
  checkApplication(claims);
  return {
    objectId: readId(claims, 'oid'),
    appId: readId(claims, version === '1.0' ? 'appid' : 'azp'),
    tenantId,
    roles: readRoles(claims.roles),
    version,
  };
}

/**
 * One audience, which RFC 7519 (https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3) lets stand in a list too. Of
 * several, each could use the token here that was sent to it: Entra issues none such, and none is taken.
 */
function checkAudience(aud: unknown, audiences: readonly string[]): void {
  const [audience, ...others] = [aud].flat();
  if (typeof audience === 'string' && others.length === 0 && audiences.includes(audience)) return;
  const got = others.length > 0 ? quoted(aud) : quoted(audience);
  throw new KeylessError(
    'TokenAudienceWrong',
    `Expected the audience (aud) to be ${audiences.join(' or ')}, got ${got}.`,
  );
}

/** https://learn.microsoft.com/entra/identity-platform/scenario-protected-web-api-verification-scope-app-roles */
function checkApplication({ scp, idtyp, oid, sub }: JWTPayload): void {
  const user =
    scp !== undefined
      ? 'scopes of a user (scp)'
      : idtyp !== undefined && idtyp !== 'app'
        ? `idtyp ${quoted(idtyp)}`
        : sub !== oid
          ? 'a subject (sub) other than the object id (oid)'
          : undefined;
  if (user) throw new KeylessError('TokenDelegated', `Expected the token of an application, got ${user}.`);
}

function readId(claims: JWTPayload, name: string): string {
  const id = claims[name];
  if (typeof id === 'string' && UUID.test(id)) return id;
  throw new KeylessError('TokenMalformed', `Expected the claim ${name} to be a UUID, got ${quoted(id)}.`);
}

/** The claim `roles`, and only as a list of strings; `role`, `scp`, `groups` and `wids` are other things. */
const readRoles = (roles: unknown): string[] =>
  Array.isArray(roles) && roles.every((role) => typeof role === 'string') ? roles : [];
