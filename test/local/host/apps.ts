import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Host, type StartHostOptions, startHost } from '../../../local/host/start.ts';
import { bundled } from '../../support/lend.ts';

export type AppOptions = {
  /** Of the folder fixtures; its name becomes the entry point's. */
  fixture?: string;
  /** An entry point written here, in place of a fixture. */
  source?: string;
  main?: string;
  hostJson?: object;
};

export type App = { directory: string; close(): Promise<void> };

/** A function app of its own in a temporary folder, with this project's node_modules. */
export async function createApp({ fixture, source, main, hostJson = {} }: AppOptions): Promise<App> {
  const directory = await mkdtemp(join(tmpdir(), 'keyless-app-'));
  const entry = fixture ?? 'app.cjs';
  const file = (name: string, content: string) => writeFile(join(directory, name), content);
  await file('package.json', JSON.stringify({ name: 'app', main: main ?? entry }));
  await file('host.json', JSON.stringify({ version: '2.0', ...hostJson }));
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  await symlink(here('../../../node_modules'), join(directory, 'node_modules'));
  if (fixture) await cp(here(`fixtures/${fixture}`), join(directory, entry));
  else await file(entry, `const { app, input, output } = require('@azure/functions');\n${source ?? ''}`);
  return { directory, close: () => rm(directory, { recursive: true, force: true }) };
}

/** Starts a host, of the bundle for tests, over an app. */
export const startTestHost = async (options: Omit<StartHostOptions, 'hostFile'>): Promise<Host> =>
  startHost({ hostFile: await bundled('host'), ...options });

type RunOptions = AppOptions & Partial<Omit<StartHostOptions, 'appDirectory'>>;

/** Starts a host over a new app; both are gone when the test is over. */
export async function runApp({ fixture, source, main, hostJson, ...options }: RunOptions): Promise<Host> {
  const app = await createApp({
    ...(fixture !== undefined && { fixture }),
    ...(source !== undefined && { source }),
    ...(main !== undefined && { main }),
    ...(hostJson !== undefined && { hostJson }),
  });
  onTestFinished(app.close);
  const host = await startTestHost({
    ...{ appDirectory: app.directory, settings: {}, pollIntervalMs: 100 },
    ...options,
  });
  onTestFinished(() => host.stop());
  return host;
}

/** What functions have said by context.log(JSON.stringify(…)), so far. */
export function said<T>(host: Host): T[] {
  return host.logs
    .filter((entry) => entry.category === 'user' && entry.message.startsWith('{'))
    .map((entry) => JSON.parse(entry.message) as T);
}
