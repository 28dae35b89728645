import { vi } from 'vitest';
import { runPostDeploy } from '../../infra/scripts/runPostDeploy.ts';
import type { Stack } from '../../local/stack.ts';
import { runCommand } from '../../src/cli/runCommand.ts';
import { NO_SETTINGS } from './command.ts';
import { trust } from './trust.ts';

type Ran = { code: number; out: string; err: string };

let last: Promise<unknown> = Promise.resolve();

/**
 * A command in this very process, which spares a second of starting and loading; one after another, since what it says
 * and its exit code are the process’s own. Its output is what it gave to the console and to commander’s.
 */
export const keylessHere = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> =>
  here(environment, async () => {
    await runCommand(['--settings', NO_SETTINGS, ...args]);
    return Number(process.exitCode ?? 0);
  });

/** The same with the settings of a stack, whose storage is trusted meanwhile. */
export async function keylessBeside(
  stack: Pick<Stack, 'commandEnvironment' | 'certificate'>,
  args: readonly string[],
  own: Record<string, string> = {},
): Promise<Ran> {
  const trusted = trust(stack.certificate.authority);
  try {
    return await keylessHere(args, { ...stack.commandEnvironment, ...own });
  } finally {
    await trusted.close();
  }
}

/** The same for the script after a deployment. */
export const postDeployHere = (
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ran> => here(environment, () => runPostDeploy(args, process.env, new AbortController().signal));

function here(environment: Readonly<Record<string, string>>, command: () => Promise<number>): Promise<Ran> {
  const run = last.then(() => runHere(environment, command));
  last = run.catch(() => undefined);
  return run;
}

/** What a command finds in the environment whatever its settings are. */
const ALWAYS = new Set(['PATH', 'HOME', 'NODE_COMPILE_CACHE']);

function useOnly(environment: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) if (!ALWAYS.has(name)) delete process.env[name];
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) process.env[name] = value;
}

/** A command listens to them until its process ends. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

async function runHere(
  environment: Readonly<Record<string, string>>,
  command: () => Promise<number>,
): Promise<Ran> {
  const before = { ...process.env };
  const listening = SIGNALS.map((signal) => process.listeners(signal));
  const said = { out: '', err: '' };
  const line = (to: keyof typeof said) => (text: unknown) => {
    said[to] += `${String(text)}\n`;
  };
  const write = (to: keyof typeof said) => (text: unknown) => {
    said[to] += String(text);
    return true;
  };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(line('out')),
    vi.spyOn(console, 'error').mockImplementation(line('err')),
    vi.spyOn(process.stdout, 'write').mockImplementation(write('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(write('err')),
  ];
  try {
    useOnly(environment);
    process.exitCode = undefined;
    return { code: await command(), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
    for (const [index, signal] of SIGNALS.entries())
      for (const listener of process.listeners(signal))
        if (!listening[index]?.includes(listener)) process.off(signal, listener);
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}
