import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Stack } from '../../local/stack.ts';
import { bundled } from './lend.ts';

/** What `npm run local` says to type is tested with the sources; here they would take twice as long. */
const MAIN = await bundled('keyless');
/** Whatever local.settings.json lies in the working directory does not count. */
export const NO_SETTINGS = fileURLToPath(new URL('noSettings.json', import.meta.url));

export type Command = {
  child: ChildProcess;
  finished: Promise<{ code: number | null; out: string; err: string }>;
};

/** `npm run keyless -- <arguments>` with the settings of a stack, and nothing else of this environment. */
export function keyless(
  stack: Pick<Stack, 'commandEnvironment'>,
  args: readonly string[],
  own: Record<string, string> = {},
): Command {
  const child = spawn(process.execPath, [MAIN, '--settings', NO_SETTINGS, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      ...stack.commandEnvironment,
      ...own,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.err += chunk.toString();
  });
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  return { child, finished };
}
