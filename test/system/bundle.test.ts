import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { environment } from '../settings/environment.ts';

type Meta = {
  outputs: Record<
    string,
    { inputs: Record<string, { bytesInOutput: number }>; imports: { path: string; external?: boolean }[] }
  >;
};

const root = new URL('../../', import.meta.url);
const meta = JSON.parse(readFileSync(new URL('dist/main.meta.json', root), 'utf8')) as Meta;
const output = meta.outputs['dist/main.cjs'];
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

  it('leaves telemetry to a file of its own, but for the hooks and the check of its settings', () => {
    expect(inputs.filter((path) => /opentelemetry/iu.test(path))).toEqual([]);
    const bytes = Object.entries(output?.inputs ?? {})
      .filter(([path]) => /^src\/.*telemetry/u.test(path))
      .map(([path, { bytesInOutput }]) => ({ path, bytesInOutput }));
    expect(bytes.map(({ path }) => path)).toEqual([
      'src/telemetry/telemetry.ts',
      'src/settings/telemetry.ts',
      'src/telemetry/start.ts',
    ]);
    expect(bytes.reduce((sum, { bytesInOutput }) => sum + bytesInOutput, 0)).toBeLessThan(4_000);
  });

  it('and that file holds no second credential, and none of the rooms', () => {
    const told = Object.keys(meta.outputs['dist/openTelemetry.cjs']?.inputs ?? {});
    expect(told.filter((path) => /^src\/(?!telemetry\/)/u.test(path))).toEqual([]);
    expect(told.filter((path) => path.includes('@azure/identity/'))).toEqual([]);
  });

  it('is one file, well below what slows a cold start', () => {
    expect(statSync(new URL('dist/main.cjs', root)).size).toBeLessThan(3_000_000);
  });
});

describe('what is loaded', () => {
  /** The app’s own files, as its host loads it and runs its start. */
  async function loadedAtStart(environment: Record<string, string>): Promise<string[]> {
    const script = `
      import { registerHooks } from 'node:module';
      import { createCore } from './local/host/core.ts';
      import { loadApp, provideCore } from './local/host/loadApp.ts';
      const core = createCore(() => {});
      provideCore(core);
      const files = [];
      registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
      await loadApp(core, process.cwd());
      console.log(JSON.stringify(files.filter((url) => url.startsWith('file:'))));
      process.exit();`;
    const args = ['--input-type=module', '--no-warnings', '--eval', script];
    const env = { PATH: process.env.PATH, ...environment };
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root.pathname, env });
    return (JSON.parse(stdout) as string[]).map((url) => url.slice(root.href.length));
  }

  const settings = { ...environment(), OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' } as Record<
    string,
    string
  >;

  it('at the start is the bundle, and no native code, model, export or telemetry', async () => {
    expect(await loadedAtStart(settings)).toEqual(['dist/main.cjs', 'local/host/functionsCore.cjs']);
  });

  it('with TELEMETRY is besides that the file that tells', async () => {
    const loaded = await loadedAtStart({ ...settings, TELEMETRY: 'otlp' });
    expect(loaded.toSorted()).toEqual([
      'dist/main.cjs',
      'dist/openTelemetry.cjs',
      'local/host/functionsCore.cjs',
    ]);
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
