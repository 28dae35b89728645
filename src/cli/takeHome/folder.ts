import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { digest } from '../../pictures/digest.ts';
import { UsageError } from '../faults.ts';
import type { Place, Sum } from './place.ts';

/** A file under way, which an interruption may leave behind. */
const UNFINISHED = /\.[\da-f]{8}\.part$/u;

/** A folder of this machine, which is made. Throws a UsageError where it cannot be. */
export async function openFolder(folder: string): Promise<Place> {
  await mkdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`The folder ${folder} cannot be made (${cause.code ?? cause.message}).`);
  });
  return {
    name: folder,
    isEmpty: async () => (await readdir(folder)).every((name) => UNFINISHED.test(name)),
    read: (path) =>
      readFile(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    async write(path, bytes) {
      const file = join(folder, path);
      const beside = `${file}.${randomUUID().slice(0, 8)}.part`;
      await mkdir(dirname(file), { recursive: true });
      try {
        await writeFile(beside, bytes, { flush: true }); // else a machine that stops may keep the name and lose the bytes
        await rename(beside, file);
      } catch (error) {
        await rm(beside, { force: true });
        throw error;
      }
      return { bytes: bytes.length, sha256: (await digest('sha256', bytes)).toString('hex') };
    },
    async sums() {
      const sums = new Map<string, Sum>();
      for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
        if (!entry.isFile()) continue;
        const file = join(entry.parentPath, entry.name);
        if (UNFINISHED.test(entry.name)) await rm(file, { force: true });
        else sums.set(relative(folder, file).replaceAll(sep, '/'), await sumOf(file));
      }
      return sums;
    },
  };
}

async function sumOf(file: string): Promise<Sum> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  });
  return { bytes, sha256: hash.digest('hex') };
}
