import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK, SignJWT } from 'jose';

export type Claims = Record<string, unknown>;

export type KeySet = {
  /** The public keys, newest first. */
  readonly published: JSONWebKeySet;
  sign(claims: Claims): Promise<string>;
  /** Names the published key but is signed by another: what a forged token looks like. */
  forge(claims: Claims): Promise<string>;
  /** Signs with a new key from now on. The old one stays published unless it is to be retired. */
  rotate(options?: { retireOld?: boolean }): Promise<void>;
};

type SigningKey = { privateKey: CryptoKey; keyId: string; publicKey: JWK };

export async function createKeySet(): Promise<KeySet> {
  let current = await generateSigningKey();
  let published = [current.publicKey];
  return {
    get published() {
      return { keys: published };
    },
    sign: (claims) => signWith(current.privateKey, current.keyId, claims),
    forge: async (claims) => signWith((await generateSigningKey()).privateKey, current.keyId, claims),
    rotate: async ({ retireOld = false } = {}) => {
      current = await generateSigningKey();
      published = [current.publicKey, ...(retireOld ? [] : published)];
    },
  };
}

async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const keyId = randomUUID();
  return {
    privateKey,
    keyId,
    publicKey: { ...(await exportJWK(publicKey)), kid: keyId, alg: 'RS256', use: 'sig' },
  };
}

function signWith(key: CryptoKey, keyId: string, claims: Claims): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: keyId }).sign(key);
}
