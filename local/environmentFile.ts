import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const quoted = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`;

/**
 * A file that a POSIX shell reads with `. <path>`, so that commands typed there find what runs here. Readable by its
 * owner alone, and gone when closed: it holds the identity header and the emulator’s key.
 */
export async function writeEnvironmentFile(
  environment: Readonly<Record<string, string>>,
): Promise<{ path: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'keyless-local-'));
  const path = join(folder, 'environment');
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}`);
  await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return { path, close: () => rm(folder, { recursive: true, force: true }) };
}
