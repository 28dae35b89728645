import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import type { PackageFiles } from './packageFiles.ts';

/** The first moment that a zip file can tell; in local time, which is what it tells. */
const ALWAYS = new Date(1980, 0, 1);
const READABLE = 0o100644;

/** A zip of the files: the same bytes for the same files, whenever and wherever it is made. */
export async function zip(files: PackageFiles): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [path, bytes] of files) {
    archive.addBuffer(bytes, path, { mtime: ALWAYS, mode: READABLE, forceDosTimestamp: true });
  }
  archive.end();
  return buffer(archive.outputStream);
}
