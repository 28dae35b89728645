import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** By path: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7 and 4.3.12 */
export type ZipFiles = Map<string, { bytes: Buffer; zipped: number; dosTime: number; mode: number }>;

export function readZip(zip: Buffer): ZipFiles {
  const files: ZipFiles = new Map();
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.toString('utf8', at + 46, at + 46 + (nameLength ?? 0));
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const zipped = zip.readUInt32LE(at + 20);
    const content = zip.subarray(start, start + zipped);
    files.set(name, {
      bytes: zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(content) : content,
      zipped,
      dosTime: zip.readUInt32LE(at + 12),
      mode: zip.readUInt32LE(at + 38) >>> 16,
    });
    at += 46 + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return files;
}

export async function unzip(zip: Buffer, folder: string): Promise<void> {
  for (const [path, { bytes }] of readZip(zip)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}
