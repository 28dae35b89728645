import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

type Meta = {
  outputs: Record<
    string,
    { inputs: Record<string, unknown>; imports: { path: string; external?: boolean }[] }
  >;
};

const root = new URL('../../', import.meta.url);
const meta = JSON.parse(readFileSync(new URL('dist/main.meta.json', root), 'utf8')) as Meta;
const output = Object.values(meta.outputs)[0];
const builtins = new Set(builtinModules);
const inputs = Object.keys(output?.inputs ?? {});

describe('the bundle that is deployed', () => {
  it('holds nothing of local or cli, and no test', () => {
    expect(inputs.filter((path) => /^(src\/cli|local|test)\//u.test(path))).toEqual([]);
    expect(inputs).toContain('src/main.ts');
  });

  it.each(['src/identity/credential.ts', 'src/vision/client.ts', 'src/settings/settings.ts'])(
    'holds %s once',
    (path) => {
      expect(inputs.filter((input) => input === path)).toHaveLength(1);
    },
  );

  it('holds one copy of the identity library', () => {
    const copies = inputs.filter((path) =>
      /@azure\/identity\/.*credentials\/managedIdentityCredential\/index\./u.test(path),
    );
    expect(copies).toHaveLength(1);
  });

  it('leaves outside only what Node and the Functions worker provide', () => {
    const outside = (output?.imports ?? []).filter(({ external }) => external).map(({ path }) => path);
    const foreign = outside.filter((path) => !path.startsWith('node:') && !builtins.has(path));
    // sharp is native and installed beside the bundle; apache-arrow is for listings that nobody asks for, and kerberos is
    // looked for by an old HTTP library: both are done without
    expect([...new Set(foreign)].toSorted()).toEqual([
      '@azure/functions-core',
      'apache-arrow',
      'kerberos',
      'sharp',
    ]);
  });

  it('is one file, well below what slows a cold start', () => {
    expect(statSync(new URL('dist/main.cjs', root)).size).toBeLessThan(3_000_000);
  });
});

describe('what is loaded', () => {
  it('is nothing but the bundle at the start: no sharp, no runtime for exports, none of their threads', async () => {
    const load = `require(process.argv[1]); console.log(JSON.stringify(Object.keys(require.cache)))`;
    const bundle = fileURLToPath(new URL('dist/main.cjs', root));
    const { stdout } = await promisify(execFile)(process.execPath, ['--eval', load, bundle]);
    const files = JSON.parse(stdout.split('\n').at(-2) ?? '') as string[];
    expect(files).toContain(bundle);
    expect(files.filter((file) => /sharp|onnxruntime|exportWorker|apache-arrow/u.test(file))).toEqual([]);
  });

  it.each([
    ['the bundle that is deployed', 'dist/main.cjs'],
    ['every command', 'src/cli/program.ts'],
    ['the layer below the prediction client', 'src/vision/client.ts'],
  ])('warns of nothing that a dependency does: %s', async (_, file) => {
    const load = `process.on('warning', ({ name, code, message }) => console.log(name, code, message)); await import(process.argv[1]);`;
    const args = ['--input-type=module', '--no-warnings', '--eval', load, new URL(file, root).href];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toBe('');
  });
});
