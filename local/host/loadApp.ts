import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../thrown.ts';
import type { Core } from './core.ts';

const SLOT = Symbol.for('keyless.host.functions-core');

/**
 * Makes `require('@azure/functions-core')` give this module, in every file loaded from here on, CommonJS or not.
 * The library asks but once per process and remembers a failure too, so this comes before the app is loaded.
 */
export function provideCore(core: Core): void {
  Reflect.set(globalThis, SLOT, core.module);
  const url = new URL('functionsCore.cjs', import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@azure/functions-core'
        ? { url, format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
  });
}

const HOST_CAPABILITIES = {
  RawHttpBodyBytes: 'true',
  RpcHttpTriggerMetadataRemoved: 'true',
  RpcHttpBodyOnly: 'true',
  UseNullableValueDictionaryForHttp: 'true',
  TypedDataCollection: 'true',
  HandlesWorkerTerminateMessage: 'true',
};

/**
 * Loads every file that package.json's `main`, a glob, matches: ES modules by import, all others by require, and then
 * runs the appStart hooks, as the real worker does.
 * @throws when nothing matches, an entry point throws, nothing was registered, or the app streams HTTP
 */
export async function loadApp(core: Core, appDirectory: string): Promise<void> {
  const packagePath = join(appDirectory, 'package.json');
  const { main, type } = await readPackage(packagePath);
  const files = globSync(main, { cwd: appDirectory }).sort();
  if (files.length === 0)
    throw new Error(
      `No file matches "main": "${main}" of ${packagePath}; build the app, or correct the glob.`,
    );
  const require = createRequire(packagePath);
  for (const file of files) {
    const path = join(appDirectory, file);
    const isModule = path.endsWith('.mjs') || (type === 'module' && !path.endsWith('.cjs'));
    try {
      if (isModule) await import(pathToFileURL(path).href);
      else require(path);
    } catch (cause) {
      throw new Error(`The entry point ${file} threw while it was loaded: ${messageOf(cause)}`, { cause });
    }
  }
  await core.hooks.run('appStart', {
    hookData: {},
    appHookData: core.appHookData,
    functionAppDirectory: appDirectory,
  });
  core.lock();
  await agree(core, files);
}

async function readPackage(path: string): Promise<{ main: string; type: unknown }> {
  let content: { main?: unknown; type?: unknown };
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new Error(`Cannot read ${path}, which names the app's entry point: ${messageOf(cause)}`, { cause });
  }
  if (typeof content.main !== 'string' || content.main === '')
    throw new Error(
      `${path} has no "main"; it names the file, or the glob of files, that registers functions.`,
    );
  return { main: content.main, type: content.type };
}

async function agree(core: Core, files: readonly string[]): Promise<void> {
  const model = core.model();
  if (!model || core.functions.size === 0)
    throw new Error(`${files.join(', ')} registered no function; register one with app.http() or its like.`);
  const capabilities = await model.getCapabilities({ ...HOST_CAPABILITIES });
  if (capabilities.HttpUri)
    throw new Error(
      'The app calls app.setup({ enableHttpStream: true }); this host does not do HTTP streaming. Use `func start`.',
    );
}
