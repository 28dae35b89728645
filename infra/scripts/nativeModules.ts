import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { forAzure, type LockFile, lockOf } from './lockedPackages.ts';

/** What stays outside the bundle, since it is native code. */
export const CONVERTER = 'sharp';
/** Of the runtime for exports; what it needs besides serves its own installation alone. */
export const RUNTIME = ['onnxruntime-node', 'onnxruntime-common'] as const;
const PLATFORM = ['--os=linux', '--cpu=x64', '--libc=glibc'];

export type NativeModules = {
  /** The folder that holds node_modules. */
  directory: string;
  /** Folders of packages, from there. */
  packages: string[];
  /** Of those that were asked for, by name. */
  versions: Record<string, string>;
  /** Where they come from, for people. */
  origin: string;
  remove(): Promise<void>;
};

/**
 * Native packages and what they need on Linux x64, in the versions of the lock file: as installed here where this machine
 * is one, else fetched by npm into a temporary folder. Throws what npm says.
 */
export async function nativeModules(
  root: string,
  wanted: { sharp: boolean; runtime: boolean },
): Promise<NativeModules> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as LockFile;
  const names = [...(wanted.sharp ? [CONVERTER] : []), ...(wanted.runtime ? [RUNTIME[0]] : [])];
  const isNeeded = (path: string) =>
    wanted.sharp && lockOf(lock, CONVERTER, forAzure).packages[path] !== undefined
      ? path !== ''
      : RUNTIME.some((name) => path === `node_modules/${name}`);
  const merged = names.map((name) => lockOf(lock, name, forAzure).packages);
  const locked = Object.fromEntries(
    Object.entries(Object.assign({}, ...merged) as LockFile['packages']).filter(([path]) => isNeeded(path)),
  );
  const packages = Object.keys(locked);
  const versions = Object.fromEntries(
    names.map((name) => [name, lock.packages[`node_modules/${name}`]?.version ?? '']),
  );
  if (await installed(root, locked)) {
    return { directory: root, packages, versions, origin: 'as installed here', remove: async () => {} };
  }
  const directory = await mkdtemp(join(tmpdir(), 'keyless-package-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await fetchInto(
      directory,
      versions,
      names.map((name) => lockOf(lock, name).packages),
    );
    return { directory, packages, versions, origin: 'fetched by npm for linux-x64', remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Whether all of them lie here, those for Linux too, in the locked versions. */
async function installed(root: string, locked: LockFile['packages']): Promise<boolean> {
  for (const [path, { version }] of Object.entries(locked)) {
    const text = await readFile(join(root, path, 'package.json'), 'utf8').catch(() => '{}');
    if ((JSON.parse(text) as { version?: string }).version !== version) return false;
  }
  return true;
}

async function fetchInto(
  directory: string,
  dependencies: Record<string, string>,
  packages: LockFile['packages'][],
): Promise<void> {
  const lock = { lockfileVersion: 3, packages: { ...Object.assign({}, ...packages), '': { dependencies } } };
  await writeFile(join(directory, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await writeFile(join(directory, 'package-lock.json'), JSON.stringify(lock));
  const args = ['ci', ...PLATFORM, '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const npm = process.env.npm_execpath; // set by npm for its scripts; npm.cmd cannot be run without a shell
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  try {
    await promisify(execFile)(command, [...first, ...args], {
      cwd: directory,
      shell: !npm && process.platform === 'win32',
    });
  } catch (cause) {
    const said = String((cause as { stderr?: unknown }).stderr ?? '').trim();
    throw new Error(
      `npm could not fetch ${Object.keys(dependencies).join(' and ')} for linux-x64: ${said.split('\n').slice(-3).join(' ')}\nFix: check the network and the registry (npm ping), or pack with --without-sharp.`,
      { cause },
    );
  }
}
