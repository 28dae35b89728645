import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), 'utf8');

/** As far as used here, and strict, since azd passes over a member that is misspelt:
 * https://github.com/Azure/azure-dev/blob/main/schemas/v1.0/azure.yaml.json */
const script = (shell: 'sh' | 'pwsh') =>
  v.strictObject({
    shell: v.literal(shell),
    run: v.string(),
    interactive: v.optional(v.boolean()),
    continueOnError: v.optional(v.boolean()),
  });
const hook = v.strictObject({ posix: script('sh'), windows: script('pwsh') });
const azureYaml = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/u)),
  requiredVersions: v.strictObject({ azd: v.string() }),
  infra: v.strictObject({ provider: v.literal('bicep'), path: v.string(), module: v.string() }),
  services: v.record(
    v.string(),
    v.strictObject({
      project: v.string(),
      host: v.literal('function'),
      language: v.picklist(['ts', 'js']),
      dist: v.string(),
      remoteBuild: v.boolean(),
      hooks: v.strictObject({ prepackage: hook }),
    }),
  ),
  hooks: v.strictObject({ postprovision: hook, postdeploy: hook }),
});

describe('azure.yaml', () => {
  const file = v.parse(azureYaml, parse(read('azure.yaml')));
  const { api } = file.services;
  const hooks = [['prepackage', api?.hooks.prepackage], ...Object.entries(file.hooks)] as [
    string,
    v.InferOutput<typeof hook>,
  ][];

  it('deploys one service, called as the template tags its function app', () => {
    expect(Object.keys(file.services)).toEqual(['api']);
    expect(read('infra/app.bicep')).toContain("'azd-service-name': 'api'");
  });

  it('takes the template that is there', () => {
    expect(existsSync(at(`${file.infra.path}/${file.infra.module}.bicep`))).toBe(true);
  });

  it('deploys what npm run package leaves, and has nothing built in Azure', () => {
    expect(api).toMatchObject({ project: '.', dist: 'dist/package', remoteBuild: false });
    expect(api?.hooks.prepackage.posix.run).toBe('npm run package');
    // azd refuses remoteBuild: false where the whole folder is left out
    expect(read('.funcignore').split(/\r?\n/u)).not.toContain('node_modules');
    expect(read('.funcignore').split(/\r?\n/u)).not.toContain('node_modules/');
  });

  it.each(hooks)('runs the same in its hook %s on Windows and elsewhere', (_, { posix, windows }) => {
    expect(windows.run).toBe(posix.run);
  });

  it.each(hooks.slice(1))(
    'runs a script that is there, with options it has, in its hook %s',
    (_, { posix }) => {
      const [node, path = '', ...options] = posix.run.split(' ');
      expect(node).toBe('node');
      expect(existsSync(at(path))).toBe(true);
      const help = read('infra/scripts/runPostDeploy.ts');
      for (const option of options) expect(help).toContain(`  ${option} `);
    },
  );

  it('hands the script what it reads: the template has an output for each variable', () => {
    const outputs = [...read('infra/main.bicep').matchAll(/^output (\w+) /gmu)].map(([, name]) => name);
    const wanted = [...read('infra/scripts/deployment.ts').matchAll(/read\('(\w+)'/gu)].map(
      ([, name]) => name,
    );
    expect(wanted.length).toBeGreaterThan(10);
    expect(wanted.filter((name) => name !== 'AZURE_SUBSCRIPTION_ID')).toSatisfy((names: string[]) =>
      names.every((name) => outputs.includes(name)),
    );
  });
});
