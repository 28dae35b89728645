import { CommanderError } from 'commander';
import { exitCodeOf, explain } from './faults.ts';
import { createProgram } from './program.ts';

/** Runs what was typed; the exit code is process.exitCode, nothing is thrown. */
export async function runCommand(args: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2; // it has spoken already
    } else {
      console.error(explain(error));
      process.exitCode = exitCodeOf(error);
    }
  }
}

/**
 * Ends the process with 1 where standard output cannot be written: in silence where its reader is gone, as `head` soon
 * is, and with a word where, say, a disk is full.
 */
export function endWhereUnwritable(): void {
  process.stderr.on('error', () => {}); // nobody is left to be told
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') console.error(`Standard output cannot be written (${code ?? message}).`);
    process.exit(1);
  });
}
