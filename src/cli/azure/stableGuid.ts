import { createHash } from 'node:crypto';

/** Drawn once for this project: the namespace of its names. */
const NAMESPACE = '5f1c7f0e-3c57-4b0e-9a55-0d6a2f6f6b8d';

/**
 * A version 5 UUID of the parts, in lower case and joined by `|`: the same parts always give the same one
 * (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5).
 */
export function stableGuid(...parts: readonly string[]): string {
  const hash = createHash('sha1')
    .update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(parts.join('|').toLowerCase())
    .digest()
    .subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}
