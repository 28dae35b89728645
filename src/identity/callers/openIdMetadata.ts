import { importJWK } from 'jose';
import * as v from 'valibot';
import { KeylessError } from '../../errors/errors.ts';
import { type Answer, createAsk } from '../../outbound/ask.ts';
import { OutboundFailure } from '../../outbound/failure.ts';

export type SigningKey = Awaited<ReturnType<typeof importJWK>>;
/** The issuer as its tokens name it, and its RS256 keys by key id. */
export type SigningKeys = { issuer: string; keys: ReadonlyMap<string, SigningKey> };

/** Both documents are some kilobytes; more is not Entra’s. */
const MAX_BYTES = 1024 * 1024;
const RETRY_AFTER_SECONDS = 5;

const metadataSchema = v.object({ issuer: v.string(), jwks_uri: v.pipe(v.string(), v.url()) });
const keySetSchema = v.object({ keys: v.array(v.unknown()) });
/** Entra’s keys carry no alg. */
const keySchema = v.object({
  kty: v.literal('RSA'),
  kid: v.string(),
  n: v.string(),
  e: v.string(),
  use: v.optional(v.literal('sig')),
  alg: v.optional(v.literal('RS256')),
});

/**
 * Reads a tenant’s OpenID metadata and the key set it names (https://openid.net/specs/openid-connect-discovery-1_0.html);
 * each may take `timeoutMs`. Throws CallerKeysUnavailable.
 */
export async function fetchSigningKeys(
  metadataUrl: string,
  tenantId: string,
  timeoutMs: number,
): Promise<SigningKeys> {
  const { issuer, jwks_uri } = await fetchDocument(metadataUrl, metadataSchema, timeoutMs);
  if (!issuer.includes(`/${tenantId}/`)) throw unavailable(metadataUrl, 'names the issuer of another tenant');
  const { protocol, origin } = new URL(jwks_uri);
  if (protocol !== 'https:' && origin !== new URL(metadataUrl).origin) {
    throw unavailable(metadataUrl, 'names a key set that is not at an https:// address');
  }
  const keys = new Map<string, SigningKey>();
  for (const published of (await fetchDocument(jwks_uri, keySetSchema, timeoutMs)).keys) {
    const { success, output } = v.safeParse(keySchema, published);
    if (!success) continue;
    const { kty, kid, n, e } = output;
    const key = await importJWK({ kty, n, e }, 'RS256').catch(() => undefined);
    if (key) keys.set(kid, key);
  }
  // no key at all would refuse every caller, where the keys known before would not
  if (keys.size === 0) throw unavailable(jwks_uri, 'holds no RS256 signing key');
  return { issuer, keys };
}

async function fetchDocument<S extends v.GenericSchema>(
  url: string,
  schema: S,
  timeoutMs: number,
): Promise<v.InferOutput<S>> {
  let answer: Answer;
  try {
    answer = await createAsk()(url, { signal: AbortSignal.timeout(timeoutMs), mostBytes: MAX_BYTES });
  } catch (error) {
    if (error instanceof OutboundFailure) throw unavailable(url, error.message, error);
    throw error instanceof KeylessError ? unavailable(url, `is not reached: ${error.message}`, error) : error;
  }
  if (answer.status !== 200) throw unavailable(url, `answered HTTP ${answer.status}`);
  let json: unknown;
  try {
    json = JSON.parse(answer.text);
  } catch (error) {
    throw unavailable(url, 'answered HTTP 200, but no JSON', error);
  }
  const { success, output } = v.safeParse(schema, json);
  if (!success) throw unavailable(url, 'answered other JSON than was expected');
  return output;
}

const unavailable = (url: string, how: string, cause?: unknown) =>
  new KeylessError('CallerKeysUnavailable', `${url} ${how.replace(/\.$/u, '')}.`, {
    cause,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    ...(cause instanceof KeylessError && { fix: cause.fix }),
  });
