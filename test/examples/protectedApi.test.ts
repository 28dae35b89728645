import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

it('the README’s line shows what the README says: only a token of this tenant, for this API and with the role comes in', async () => {
  const readme = await readFile(`${root}examples/protected-api/README.md`, 'utf8');
  const [, line = '', , said] = /```\n(npm run .+)\n```(\n\n```\n)([\s\S]+?)```/u.exec(readme) ?? [];
  const [command = '', ...args] = line.split(' ');
  const { stdout } = await promisify(execFile)(command, [...args.slice(0, 1), '--silent', ...args.slice(1)], {
    cwd: root,
    env: { ...process.env, PATH: `${root}node_modules/.bin:${process.env.PATH}` },
  });
  expect(stdout).toBe(said);
});
