import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { forAzure, type LockFile, lockOf } from './lockedPackages.ts';

/** What stays outside the bundle, since it is native code. */
export const NATIVE = 'sharp';
const PLATFORM = ['--os=linux', '--cpu=x64', '--libc=glibc'];

export type NativeModules = {
  /** The folder that holds node_modules. */
  directory: string;
  /** Folders of packages, from there. */
  packages: string[];
  version: string;
  /** Where they come from, for people. */
  origin: string;
  remove(): Promise<void>;
};

/**
 * sharp and what it needs on Linux x64, in the versions of the lock file: as installed here where this machine is one,
 * else fetched by npm into a temporary folder. Throws what npm says.
 */
export async function nativeModules(root: string): Promise<NativeModules> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as LockFile;
  const { '': _root, ...locked } = lockOf(lock, NATIVE, forAzure).packages;
  const packages = Object.keys(locked);
  const version = locked[`node_modules/${NATIVE}`]?.version ?? '';
  if (await installed(root, locked)) {
    return { directory: root, packages, version, origin: 'as installed here', remove: async () => {} };
  }
  const directory = await mkdtemp(join(tmpdir(), 'keyless-package-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await fetchInto(directory, lockOf(lock, NATIVE));
    return { directory, packages, version, origin: 'fetched by npm for linux-x64', remove };
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

async function fetchInto(directory: string, { root, ...lock }: ReturnType<typeof lockOf>): Promise<void> {
  await writeFile(join(directory, 'package.json'), JSON.stringify({ private: true, ...root }));
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
      `npm could not fetch ${NATIVE} for linux-x64: ${said.split('\n').slice(-3).join(' ')}\nFix: check the network and the registry (npm ping), or pack with --without-sharp.`,
      { cause },
    );
  }
}
