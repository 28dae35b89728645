import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The processes of a group, by what Linux tells of them. */
function processesOf(group: number): string[] {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/u.test(entry) || !existsSync(`/proc/${entry}/stat`)) return false;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return stat[2] === String(group) && stat[0] !== 'Z';
    } catch {
      return false; // it ended while it was looked at
    }
  });
}

/**
 * Runs a script of the repository in a process group of its own, as a terminal does, with a folder of its own for
 * temporary files. All of the group ends with the test.
 */
export function run(script: string) {
  const temporary = mkdtempSync(join(tmpdir(), 'terminal-'));
  const child = spawn(process.execPath, [script], {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, 'close') as Promise<[number | null]>;
  const group = child.pid ?? 0;
  onTestFinished(async () => {
    if (processesOf(group).length > 0) process.kill(-group, 'SIGKILL'); // what it has started too
    await exited;
    rmSync(temporary, { recursive: true, force: true });
  });
  return {
    child,
    exited,
    group,
    output: () => output,
    /** Of its group. */
    processes: () => processesOf(group),
    /** Node keeps a cache of stripped modules there when it is told to; that is not the script’s. */
    leftovers: () => readdirSync(temporary).filter((name) => name !== 'node-compile-cache'),
  };
}
