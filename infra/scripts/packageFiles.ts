import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NativeModules } from './nativeModules.ts';

/** By path within the package, with slashes. */
export type PackageFiles = Map<string, Buffer>;

/** What a package needs to run, and its licences (those within libvips stand in its readme); not its types, sources, headers. */
const RUNS = /\.(?:js|cjs|mjs|json|node|so(?:\.[\d.]+)?)$|\/(?:licen[cs]e|readme)[^/]*$/iu;
const BUILDS = /\/(?:install|src|include|bin|script|lib\/.*\.ts|dist\/esm)\//u;
/** Of the runtime for exports only this: it brings every platform, and its installation adds GPU files. */
const RUNTIME_FILES =
  /\/onnxruntime-node\/bin\/napi-v\d+\/linux\/x64\/(?:libonnxruntime\.so[\d.]*|[^/]+\.node)$/u;

/**
 * The files of the deployed app: the bundle, host.json, a package.json without anything for development, and the native
 * modules where they are wanted. Throws where the bundle is not built.
 */
export async function packageFiles(root: string, native: NativeModules | undefined): Promise<PackageFiles> {
  const files: PackageFiles = new Map();
  for (const path of ['dist/main.cjs', 'dist/exportWorker.cjs', 'dist/openTelemetry.cjs', 'host.json'])
    files.set(path, await readApp(root, path));
  files.set('package.json', await trimmedPackage(root, native));
  for (const path of native?.packages ?? []) {
    for (const file of await readdir(join(native?.directory ?? '', path), { recursive: true })) {
      const name = `${path}/${file.replaceAll('\\', '/')}`;
      const nested = name.slice(path.length).includes('/node_modules/'); // a package of its own
      const runs = RUNS.test(name) && !BUILDS.test(name.slice(path.length));
      if (nested || !(runs || RUNTIME_FILES.test(name))) continue;
      files.set(name, await readFile(join(native?.directory ?? '', name)));
    }
  }
  return new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function readApp(root: string, path: string): Promise<Buffer> {
  try {
    return await readFile(join(root, path));
  } catch (cause) {
    throw new Error(`${path} is not there.\nFix: npm run build`, { cause });
  }
}

async function trimmedPackage(root: string, native: NativeModules | undefined): Promise<Buffer> {
  const { name, version, license, main, engines } = JSON.parse(
    (await readApp(root, 'package.json')).toString(),
  ) as Record<string, unknown>;
  const dependencies = native?.versions ?? {};
  const trimmed = { name, version, private: true, license, main, engines, dependencies };
  return Buffer.from(`${JSON.stringify(trimmed, null, 2)}\n`);
}
