/** As far as it is read here: https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
export type LockFile = {
  lockfileVersion: number;
  packages: Record<string, LockedPackage>;
};
export type LockedPackage = {
  version?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
};

/** Linux x64 with glibc: what Flex Consumption runs on, https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan */
export const forAzure = ({ os, cpu, libc }: LockedPackage): boolean =>
  (os?.includes('linux') ?? true) && (cpu?.includes('x64') ?? true) && (libc?.includes('glibc') ?? true);

/**
 * The part of a lock file that one package of the top level needs, itself and what it asks for, as far as it fits: a
 * lock file for a project that depends on nothing else. Throws where the package is not in it.
 */
export function lockOf(
  lock: LockFile,
  name: string,
  fits: (locked: LockedPackage) => boolean = () => true,
): LockFile & { root: LockedPackage } {
  const start = `node_modules/${name}`;
  const version = lock.packages[start]?.version;
  if (!version) throw new Error(`package-lock.json does not hold ${name}; npm install writes it.`);
  const packages: LockFile['packages'] = {};
  const waiting = [start];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const found = lock.packages[path];
    if (!found || packages[path] || !fits(found)) continue;
    packages[path] = found;
    for (const wanted of Object.keys({ ...found.dependencies, ...found.optionalDependencies })) {
      const at = resolve(lock, path, wanted);
      if (at) waiting.push(at);
    }
  }
  const root = { dependencies: { [name]: version } };
  return { lockfileVersion: lock.lockfileVersion, root, packages: { '': root, ...packages } };
}

/** As Node looks for it: in the package’s own node_modules, then in those of the folders above. */
function resolve({ packages }: LockFile, from: string, wanted: string): string | undefined {
  for (
    let folder = from;
    ;
    folder = folder.slice(0, folder.lastIndexOf('node_modules/')).replace(/\/$/u, '')
  ) {
    const path = folder ? `${folder}/node_modules/${wanted}` : `node_modules/${wanted}`;
    if (packages[path]) return path;
    if (!folder) return undefined;
  }
}
