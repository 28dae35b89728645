import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forAzure, type LockFile, lockOf } from '../../infra/scripts/lockedPackages.ts';
import { pack } from '../support/packing.ts';
import { readZip } from '../support/zipFiles.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url));
const lock = JSON.parse(read('package-lock.json').toString()) as LockFile;

describe('the locked packages of sharp', () => {
  it('for Azure are those for Linux x64 with glibc, and no others', () => {
    expect(Object.keys(lockOf(lock, 'sharp', forAzure).packages).toSorted()).toEqual([
      '',
      'node_modules/@img/colour',
      'node_modules/@img/sharp-libvips-linux-x64',
      'node_modules/@img/sharp-linux-x64',
      'node_modules/detect-libc',
      'node_modules/semver',
      'node_modules/sharp',
    ]);
  });

  it('for npm are those of every platform, since npm compares the whole', () => {
    const { packages } = lockOf(lock, 'sharp');
    expect(packages['node_modules/@img/sharp-win32-x64']).toBeDefined();
    expect(packages['node_modules/@img/sharp-darwin-arm64']).toBeDefined();
    expect(packages['node_modules/vitest']).toBeUndefined();
  });

  it('of a package that is not locked are refused, with what to do', () => {
    expect(() => lockOf(lock, 'not-there')).toThrow(/does not hold not-there; npm install/u);
  });

  it('are looked for as Node does: the nearest first', () => {
    const nested: LockFile = {
      lockfileVersion: 3,
      packages: {
        'node_modules/a': { version: '1.0.0', dependencies: { b: '*', c: '*' } },
        'node_modules/a/node_modules/b': { version: '2.0.0', dependencies: { c: '*', d: '*' } },
        'node_modules/b': { version: '1.0.0' },
        'node_modules/c': { version: '1.0.0', dependencies: { a: '*' } },
      },
    };
    expect(Object.keys(lockOf(nested, 'a').packages).toSorted()).toEqual([
      '',
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/c',
    ]);
  });
});

describe('the package', () => {
  let packed: Awaited<ReturnType<typeof pack>>;
  beforeAll(async () => {
    packed = await pack();
  });
  afterAll(() => packed?.remove());

  it('is well below 15 MB', () => {
    expect(packed.zip.length).toBeLessThan(15_000_000);
  });

  it('holds the bundle, host.json, a package.json, sharp for Linux x64 and nothing for development', () => {
    const files = readZip(packed.zip);
    const tops = new Set(
      [...files.keys()].map((path) => /^(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+/u.exec(path)?.[0]),
    );
    expect([...tops]).toEqual([
      'dist',
      'host.json',
      'node_modules/@img/colour',
      'node_modules/@img/sharp-libvips-linux-x64',
      'node_modules/@img/sharp-linux-x64',
      'node_modules/detect-libc',
      'node_modules/semver',
      'node_modules/sharp',
      'package.json',
    ]);
    const paths = [...files.keys()];
    expect(paths.filter((path) => /\.(?:d\.[cm]?ts|ts|map|h|cc)$/u.test(path))).toEqual([]);
    expect(files.get('dist/main.cjs')?.bytes.equals(read('dist/main.cjs'))).toBe(true);
    expect(files.get('host.json')?.bytes.equals(read('host.json'))).toBe(true);
    for (const name of ['sharp', '@img/sharp-linux-x64', '@img/colour', 'detect-libc'])
      expect(paths.some((path) => new RegExp(`^node_modules/${name}/licen[cs]e`, 'iu').test(path))).toBe(
        true,
      );
  });

  it('names in its package.json what runs, and no script or tool', () => {
    const text = readZip(packed.zip).get('package.json')?.bytes.toString() ?? '';
    expect(JSON.parse(text)).toEqual({
      name: 'keyless-vision',
      version: expect.any(String),
      private: true,
      license: 'MIT',
      main: 'dist/main.cjs',
      engines: { node: expect.any(String) },
      dependencies: { sharp: lock.packages['node_modules/sharp']?.version },
    });
  });

  it('is the same as a folder, which azd takes', () => {
    const folder = join(packed.folder, 'package');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll('\\', '/'),
      );
    const zipped = readZip(packed.zip);
    expect(files.toSorted()).toEqual([...zipped.keys()].toSorted());
    for (const file of files)
      expect(readFileSync(join(folder, file)).equals(zipped.get(file)?.bytes ?? Buffer.alloc(0))).toBe(true);
  });

  it('tells its size, part by part', () => {
    expect(packed.table).toMatch(/^dist\/main\.cjs +1 +\d\.\d\d MB +\d\.\d\d MB$/mu);
    expect(packed.table).toMatch(/^the package +\d+ +\d+\.\d\d MB +\d+\.\d\d MB$/mu);
  });

  it('without sharp is below 3 MB and five files, and the same to the byte when made again, in another time zone', async () => {
    const small = await pack(['--without-sharp']);
    const again = await pack(['--without-sharp'], { TZ: 'Asia/Tokyo' });
    try {
      expect(again.zip.equals(small.zip)).toBe(true);
      expect(small.zip.length).toBeLessThan(3_000_000);
      expect([...readZip(small.zip).keys()]).toEqual([
        'dist/exportWorker.cjs',
        'dist/main.cjs',
        'dist/openTelemetry.cjs',
        'host.json',
        'package.json',
      ]);
    } finally {
      await small.remove();
      await again.remove();
    }
  });

  it('refuses an option it does not know, with 2', async () => {
    const error = await pack(['--with-everything']).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 2, stderr: expect.stringContaining('--without-sharp') });
  });
});
