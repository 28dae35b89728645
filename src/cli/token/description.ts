import type { JWTPayload } from 'jose';

/** What a token says of itself; an absent claim is left out. Times are ISO 8601. Never the token, nor its signature. */
export type TokenDescription = {
  scope: string;
  source: string;
  identity: string;
  audience?: string;
  issuer?: string;
  tenantId?: string;
  /** Of the service principal, or the person: what roles are granted to. */
  objectId?: string;
  clientId?: string;
  /** app or user. */
  type?: string;
  user?: string;
  /** Azure Resource Manager id of a managed identity, or of the app it belongs to. */
  resourceId?: string;
  version?: string;
  roles: string[];
  issuedAt?: string;
  expiresAt?: string;
};

/** https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
export function describeToken(
  claims: JWTPayload,
  asked: Pick<TokenDescription, 'scope' | 'source' | 'identity'>,
): TokenDescription {
  const text = (name: string) => (typeof claims[name] === 'string' ? (claims[name] as string) : undefined);
  const { aud, roles } = claims;
  const told = {
    audience: Array.isArray(aud) ? aud.join(', ') : aud,
    issuer: claims.iss,
    tenantId: text('tid'),
    objectId: text('oid'),
    clientId: text('appid') ?? text('azp'),
    type: text('idtyp'),
    user: text('upn') ?? text('unique_name') ?? text('preferred_username'),
    resourceId: text('xms_mirid'),
    version: text('ver'),
    issuedAt: time(claims.iat),
    expiresAt: time(claims.exp),
  };
  return {
    ...asked,
    ...(Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) as Partial<
      typeof told
    >),
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
  } as TokenDescription;
}

/** Unix seconds; what is no time, or beyond those that Date knows, is left out. */
function time(seconds: unknown): string | undefined {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** A length of time in words, in its two largest units: `23 h 59 min`. */
export function durationText(milliseconds: number): string {
  const minutes = Math.floor(Math.abs(milliseconds) / 60_000);
  if (minutes < 1) return 'less than a minute';
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const units = [days && `${days} d`, hours && `${hours} h`, rest && `${rest} min`].filter(Boolean);
  return units.slice(0, 2).join(' ');
}
