import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from './files.ts';

/** A copy of what the check reads, to be changed. */
const copy = mkdtempSync(join(tmpdir(), 'keyless-check-'));
for (const part of ['infra', 'test/infra', 'docs', 'src', 'package.json'])
  cpSync(join(ROOT, part), join(copy, part), { recursive: true });
symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
afterAll(() => rmSync(copy, { recursive: true }));

const withoutCompiler = () =>
  spawnSync(process.execPath, ['test/infra/check.ts'], {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, BICEP_PATH: join(copy, 'not-there') },
  });

test('without a compiler the kept snapshots decide, and it says what was left out', () => {
  const { status, stdout, stderr } = withoutCompiler();
  expect([status, stdout]).toEqual([0, '']);
  expect(stderr).toContain('nothing was compiled or linted');
  expect(stderr).toContain('nothing found');
});

test('snapshots of other sources are told without a compiler too', () => {
  const path = join(copy, 'infra/storage.bicep');
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, source.replace("minimumTlsVersion: 'TLS1_2'", "minimumTlsVersion: 'TLS1_0'"));
  const { status, stdout } = withoutCompiler();
  writeFileSync(path, source);
  expect(status).toBe(1);
  expect(stdout).toContain('The snapshots are of other sources: npm run snapshots');
});
