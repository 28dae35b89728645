import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
/** What a shell says of the help of this command line, sent elsewhere by `redirection`. */
const help = async (redirection: string) => {
  const script = `set -o pipefail; "$0" src/cli/keyless.js --help ${redirection}; echo "code $?"`;
  return run('bash', ['-c', script, process.execPath]);
};

it('ends without a word where nobody reads its output any more', async () => {
  // the reader is gone before anything is written
  const { stdout, stderr } = await help('| exec true');
  expect({ stdout, stderr }).toEqual({ stdout: 'code 1\n', stderr: '' });
});

it.skipIf(process.platform !== 'linux')(
  'says so where its output cannot be written, and ends with 1',
  async () => {
    const { stdout, stderr } = await help('> /dev/full');
    expect({ stdout, stderr }).toEqual({
      stdout: 'code 1\n',
      stderr: 'Standard output cannot be written (ENOSPC).\n',
    });
  },
);
