import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'keyless-bicep-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Stands in for the compiler, which no registry here has: notes its arguments, and may refuse one file. */
function compiler(refused = ''): string {
  const path = join(folder, `bicep${refused ? '-refusing' : ''}`);
  writeFileSync(
    path,
    `#!/bin/sh\necho "$@" >> "${path}.calls"\ncase "$2" in "${refused || 'nothing'}") echo "$2(1,1) : Error BCP018" >&2; exit 1;; esac\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

const run = (bicep: string) =>
  spawnSync(process.execPath, ['test/infra/check.ts'], {
    encoding: 'utf8',
    env: { ...process.env, BICEP_PATH: bicep },
  });

test('without a compiler the own checks decide, and it says so', () => {
  const { status, stdout, stderr } = run(join(folder, 'not-there'));
  expect(stdout).toBe('');
  expect(stderr).toContain('nothing was compiled');
  expect(status).toBe(0);
});

test('with a compiler its errors end the check', () => {
  expect(run(compiler()).status).toBe(0);
  const { status, stdout } = run(compiler('infra/main.bicep'));
  expect(stdout).toContain('infra/main.bicep(1,1) : Error BCP018');
  expect(status).toBe(1);
});
