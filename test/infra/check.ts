import { spawnSync } from 'node:child_process';
import { check } from './checks/all.ts';
import { describe } from './checks/finding.ts';
import { infraFiles } from './files.ts';

/**
 * `npm run check`: the infrastructure by our own checks and, where the bicep command is there, by the compiler and its
 * linter too. Exit code 1 where one of them complains. infra/entra needs mcr.microsoft.com, so it is compiled only
 * with BICEP_ONLINE=1.
 */
const findings = check(infraFiles());
for (const finding of findings) process.stdout.write(`${describe(finding)}\n`);
if (findings.length > 0) process.exitCode = 1;

const compiled = [
  'infra/main.bicep',
  'infra/events-subscription.bicep',
  ...(process.env.BICEP_ONLINE === '1' ? ['infra/entra/main.bicep'] : []),
];
const bicep = process.env.BICEP_PATH ?? 'bicep';
const found = spawnSync(bicep, ['--version'], { encoding: 'utf8' });
if (found.error) {
  process.stderr.write('infrastructure: bicep is not on the PATH, so nothing was compiled.\n');
} else {
  for (const file of compiled) {
    for (const args of [
      ['build', file, '--stdout'],
      ['lint', file],
    ]) {
      const { status, stderr } = spawnSync(bicep, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
      process.stdout.write(stderr);
      if (status !== 0) process.exitCode = 1;
    }
  }
}
process.stderr.write(
  `infrastructure: ${findings.length === 0 ? 'nothing found' : `${findings.length} found`}.\n`,
);
