import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('../../infra/scripts/package.ts', import.meta.url));

/** `npm run package` into a folder of its own, without the build. The caller removes the folder. */
export async function pack(
  args: readonly string[] = [],
  environment: Record<string, string> = {},
): Promise<{ folder: string; zip: Buffer; table: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'keyless-packed-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, '--out', folder, ...args], {
      env: { ...process.env, ...environment },
    });
    return { folder, zip: await readFile(join(folder, 'keyless-vision.zip')), table: stdout, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
